// The page of a collection: its rows as a table, with filters, order, columns and pages, all of them in the address.

import { useMemo } from 'preact/hooks'
import { fill, parseLinks } from './address.ts'
import { may } from './caller.ts'
import type { Operation, Resource } from './document.ts'
import { ExportMenu } from './export.tsx'
import { Filters } from './filters.tsx'
import { ImportRows } from './import-rows.tsx'
import { NewRow } from './new-row.tsx'
import { CopyButton, Menu, ProblemNote, Title } from './parts.tsx'
import { Operations } from './perform.tsx'
import {
  columnsOf,
  type Sort,
  sortsOf,
  toAddress,
  toCurl,
  withParameter,
  withSorts,
} from './query.ts'
import { navigate, type Route } from './route.ts'
import { csvType } from './rows-file.ts'
import type { Row } from './save.ts'
import type { Field } from './schema.ts'
import { SearchBox } from './search-box.tsx'
import { useReply, useSession } from './session.ts'
import { SignIn } from './sign-in.tsx'
import { RowTable } from './table.tsx'
import { number, text, title } from './text.ts'

interface CollectionProps {
  readonly resource: Resource
  readonly keys: Readonly<Record<string, string>>
  readonly route: Route
}

export function Collection({ resource, keys, route }: CollectionProps) {
  const session = useSession()
  const { query, hash } = route
  const path = session.base + fill(resource.path, keys)
  const address = toAddress(path, query)
  const { reply, reload, isLoading } = useReply(address, 'count=exact')
  const problem = reply?.problem
  const show = (changed: URLSearchParams) => navigate(toAddress(path, changed))
  const rows = problem === undefined ? ((reply?.value ?? []) as readonly Row[]) : []
  const fields = useShownFields(resource, query, rows)
  const sorts = useMemo(() => sortsOf(query), [query])
  const { create } = resource
  if (create !== undefined && may(session, create)) {
    if (hash === 'new') return <NewRow {...{ resource, create, path }} />
    if (hash === 'import') return <ImportRows {...{ resource, create, path }} />
  }
  return (
    <>
      <header class="page">
        <div>
          <Title page={path}>{title(resource.name)}</Title>
          <p class="muted">{resource.description}</p>
        </div>
        <div class="actions">
          {may(session, create) && create?.bodyTypes.includes(csvType) && (
            <a class="button" href={`${path}#import`}>
              {text.import}
            </a>
          )}
          {may(session, create) && (
            <a class="button primary" href={`${path}#new`}>
              {create?.summary}
            </a>
          )}
        </div>
      </header>
      <Operations resource={resource} on="collection" keys={keys} onDone={reload} />
      <div class="bar">
        <SearchBox resource={resource} query={query} onQuery={show} />
        <Filters resource={resource} query={query} onQuery={show} />
        <div class="tools">
          <ColumnMenu resource={resource} query={query} shown={fields} onQuery={show} />
          <ExportMenu name={resource.name} path={path} query={query} />
        </div>
      </div>
      {problem?.status === 401 ? <SignIn /> : <ProblemNote problem={problem} />}
      {problem === undefined && reply !== undefined && (
        <>
          {rows.length === 0 ? (
            <p class="none">{isFiltered(resource, query) ? text.noRowsFound : text.noRows}</p>
          ) : (
            <RowTable
              name={resource.name}
              fields={fields}
              rows={rows}
              member={resource.member && session.base + withKeys(resource.member, keys)}
              keyName={resource.key}
              sorts={sorts}
              sortable={resource.sorts}
              onSort={(changed: readonly Sort[]) => show(withSorts(query, changed))}
            />
          )}
          <Pages
            links={parseLinks(reply.headers.get('link'))}
            rows={rows.length}
            total={reply.headers.get('x-total-count')}
            query={query}
            onQuery={show}
          />
        </>
      )}
      <p class="hidden" role="status">
        {isLoading ? text.loading : ''}
      </p>
      <RequestLine address={address} operation={resource.list} />
    </>
  )
}

/** The keys of its parents; the one of the row stays open. */
function withKeys(member: string, keys: CollectionProps['keys']): string {
  return member.replaceAll(/\{(\w+)\}/g, (part, name) =>
    keys[name] === undefined ? part : encodeURIComponent(keys[name]),
  )
}

/** The columns that are chosen, or else those that the rows of a list have. */
function useShownFields({ fields }: Resource, query: URLSearchParams, rows: readonly Row[]) {
  const names = columnsOf(query) ?? (rows[0] === undefined ? undefined : Object.keys(rows[0]))
  const chosen = names?.join()
  return useMemo(
    () => (names === undefined ? fields : fields.filter(({ name }) => names.includes(name))),
    [fields, chosen],
  )
}

const isFiltered = ({ filters }: Resource, query: URLSearchParams) =>
  query.has('q') || filters.some(({ parameter }) => query.has(parameter))

interface ColumnMenuProps {
  readonly resource: Resource
  readonly query: URLSearchParams
  readonly shown: readonly Field[]
  readonly onQuery: (query: URLSearchParams) => void
}

/** The key stays, because it leads to the row. */
function ColumnMenu({ resource: { fields, key }, query, shown, onQuery }: ColumnMenuProps) {
  const names = shown.map(({ name }) => name)
  const toggle = (name: string) => {
    const isShown = names.includes(name)
    const changed = fields
      .map(field => field.name)
      .filter(each => (each === name ? !isShown : names.includes(each)) || each === key)
    const isAll = changed.length === fields.length
    onQuery(withParameter(query, 'fields', isAll ? '' : changed.join(',')))
  }
  return (
    <Menu label={text.columns}>
      <fieldset class="checks">
        <legend class="hidden">{text.columns}</legend>
        {fields.map(({ name }) => (
          <label key={name}>
            <input
              type="checkbox"
              checked={names.includes(name)}
              disabled={name === key}
              onChange={() => toggle(name)}
            />
            {title(name)}
          </label>
        ))}
      </fieldset>
    </Menu>
  )
}

interface PagesProps {
  readonly links: Readonly<Record<string, string>>
  readonly rows: number
  readonly total: string | null
  readonly query: URLSearchParams
  readonly onQuery: (query: URLSearchParams) => void
}

const pageSizes = [20, 50, 100, 500]

function Pages({ links: { prev, next }, rows, total, query, onQuery }: PagesProps) {
  return (
    <nav class="pages" aria-label={text.pages}>
      <p class="muted">{total === null ? '' : text.allOf(rows, Number(total))}</p>
      <label>
        {text.perPage}{' '}
        <select
          value={query.get('limit') ?? '20'}
          onInput={({ currentTarget: { value } }) =>
            onQuery(withParameter(query, 'limit', value === '20' ? '' : value))
          }
        >
          {[...new Set([...pageSizes, Number(query.get('limit') ?? 20)])].map(size => (
            <option key={size} value={size}>
              {number(size)}
            </option>
          ))}
        </select>
      </label>
      <PageLink href={prev}>{text.previous}</PageLink>
      <PageLink href={next}>{text.next}</PageLink>
    </nav>
  )
}

function PageLink({ href, children }: { href: string | undefined; children: string }) {
  if (href === undefined) return <span class="button off">{children}</span>
  return (
    <a class="button" href={href}>
      {children}
    </a>
  )
}

function RequestLine({ address, operation }: { address: string; operation: Operation }) {
  const { base, caller } = useSession()
  const isSigned = caller.kind === 'key' || caller.kind === 'token'
  const curl = toCurl(location.origin + address, isSigned)
  return (
    <details class="request">
      <summary>{text.request}</summary>
      <div class="line">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
        <code tabIndex={0}>{curl}</code>
        <CopyButton content={curl} />
      </div>
      <a href={`${base}/docs#/${operation.tag}/${operation.id}`} rel="external">
        {text.openIn}
      </a>
    </details>
  )
}
