// The page of a view: its parameters as a form, and what it returns.

import { useMemo, useState } from 'preact/hooks'
import { fill } from './address.ts'
import type { Operation, Resource } from './document.ts'
import { toEntered } from './entry.ts'
import { ExportMenu } from './export.tsx'
import { Filters } from './filters.tsx'
import { Form } from './form.tsx'
import { Json, ProblemNote, Title } from './parts.tsx'
import { fromQuery, toAddress, toQuery } from './query.ts'
import { navigate, type Route } from './route.ts'
import { csvType } from './rows-file.ts'
import type { Row } from './save.ts'
import { useReply, useSession } from './session.ts'
import { SignIn } from './sign-in.tsx'
import { RowTable } from './table.tsx'
import { text } from './text.ts'

interface ViewProps {
  readonly view: Operation
  readonly keys: Readonly<Record<string, string>>
  readonly route: Route
}

export function ViewPage({ view, keys, route: { query } }: ViewProps) {
  const { base } = useSession()
  const path = base + fill(view.path, keys)
  const filtered = useFiltered(view)
  const parameters = useMemo(() => ownParameters(view, filtered), [view])
  const isAsked = parameters.every(({ isRequired, name }) => !isRequired || query.has(name))
  const { reply } = useReply(isAsked ? toAddress(path, query) : undefined)
  const [entered, setEntered] = useState(() => toEntered(parameters, fromQuery(parameters, query)))
  const submit = () => {
    const asked = toQuery(parameters, entered)
    const names = parameters.map(({ name }) => name)
    const others = [...query].filter(([name]) => !names.includes(name))
    navigate(toAddress(path, new URLSearchParams([...asked, ...others])))
  }
  const show = (changed: URLSearchParams) => navigate(toAddress(path, changed))
  return (
    <>
      <header class="page">
        <div>
          <Title page={path}>{view.summary}</Title>
          <p class="muted">{view.description}</p>
        </div>
      </header>
      {parameters.length > 0 && (
        <Form
          id="view"
          fields={parameters}
          entered={entered}
          onEnter={setEntered}
          onSubmit={submit}
          onCancel={() => navigate(path)}
          submit={text.apply}
          isBusy={false}
          problem={reply?.problem}
        />
      )}
      <div class="bar">
        {filtered !== undefined && <Filters resource={filtered} query={query} onQuery={show} />}
        {view.returnedTypes.includes(csvType) && (
          <div class="tools">
            <ExportMenu name={view.id} path={path} query={query} />
          </div>
        )}
      </div>
      {reply?.problem?.status === 401 && <SignIn />}
      {parameters.length === 0 && <ProblemNote problem={reply?.problem} />}
      {reply !== undefined && reply.problem === undefined && (
        <Result view={view} value={reply.value} />
      )}
    </>
  )
}

/** The resource whose filters hold for a view, such as for its figures. */
function useFiltered({ path, parameters }: Operation): Resource | undefined {
  const names = parameters.map(({ name }) => name)
  return useSession().api.resources.find(
    resource =>
      resource.filters.length > 0 &&
      resource.views.some(view => view.path === path) &&
      resource.filters.every(({ parameter }) => names.includes(parameter)),
  )
}

function ownParameters({ parameters }: Operation, filtered: Resource | undefined) {
  const others = filtered?.list.parameters.map(({ name }) => name) ?? []
  return parameters.filter(({ name }) => !others.includes(name))
}

function Result({ view, value }: { view: Operation; value: unknown }) {
  if (!view.returnsList || !Array.isArray(value)) return <Json value={value} />
  const rows = value as readonly Row[]
  if (rows[0] === undefined) return <p class="none">{text.noRows}</p>
  const names = Object.keys(rows[0])
  return (
    <RowTable
      name={view.id}
      fields={view.returned.filter(({ name }) => names.includes(name))}
      rows={rows}
    />
  )
}
