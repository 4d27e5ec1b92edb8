// The rows that refer to a row: how many there are in each list, and the first of them.

import { useMemo } from 'preact/hooks'
import { may } from './caller.ts'
import type { Resource } from './document.ts'
import type { Row } from './save.ts'
import { type Session, useReply, useSession } from './session.ts'
import { RowTable } from './table.tsx'
import { number, text, title } from './text.ts'

interface Referring {
  readonly resource: Resource
  /** The name of its field with the key of the row. */
  readonly field: string
}

export function RelatedRows({ resource, row }: { resource: Resource; row: Row }) {
  const session = useSession()
  const found = referring(session, resource).filter(each => may(session, each.resource.list))
  if (found.length === 0) return null
  return (
    <section class="related">
      <h2>{text.related}</h2>
      {found.map(each => (
        <RelatedList
          key={`${each.resource.name} ${each.field}`}
          {...each}
          value={String(row[resource.key])}
        />
      ))}
    </section>
  )
}

/** The lists that can be filtered by a reference to a row. */
function referring({ api }: Session, { name }: Resource): readonly Referring[] {
  return api.resources
    .filter(({ path }) => !path.includes('{'))
    .flatMap(resource => {
      const fields = resource.fields.filter(({ refersTo }) => refersTo === name)
      return fields.map(field => ({ resource, field: field.name }))
    })
    .filter(({ resource, field }) => resource.filters.some(({ parameter }) => parameter === field))
}

const first = 5

function RelatedList({ resource, field, value }: Referring & { readonly value: string }) {
  const { base } = useSession()
  const address = `${base}${resource.path}?${field}=${encodeURIComponent(value)}`
  const { reply } = useReply(`${address}&limit=${first}`, 'count=exact')
  const rows = reply?.problem === undefined ? ((reply?.value ?? []) as readonly Row[]) : []
  const names = Object.keys(rows[0] ?? {}).join()
  const fields = useMemo(
    () => resource.fields.filter(({ name }) => names.split(',').includes(name) && name !== field),
    [resource, names],
  )
  const total = reply?.headers.get('x-total-count')
  return (
    <>
      <h3>
        <a href={address}>{title(resource.name)}</a>{' '}
        <span class="muted">{total ? number(Number(total)) : ''}</span>
      </h3>
      {rows.length > 0 && (
        <RowTable
          name={resource.name}
          fields={fields}
          rows={rows}
          member={resource.member && base + resource.member}
          keyName={resource.key}
        />
      )}
    </>
  )
}
