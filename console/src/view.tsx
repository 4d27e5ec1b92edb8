// The page of a view: its parameters as a form, and what it returns.

import { useState } from 'preact/hooks'
import { fill } from './address.ts'
import type { Operation } from './document.ts'
import { Form, toEntered } from './form.tsx'
import { Json, ProblemNote, Title } from './parts.tsx'
import { toAddress } from './query.ts'
import { navigate, type Route } from './route.ts'
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
  const { parameters } = view
  const isAsked = parameters.every(({ isRequired, name }) => !isRequired || query.has(name))
  const { reply } = useReply(isAsked ? toAddress(path, query) : undefined)
  const [entered, setEntered] = useState(() => toEntered(parameters, Object.fromEntries(query)))
  const submit = () => {
    const given = parameters.flatMap(({ name }) => (entered[name] ? [[name, entered[name]]] : []))
    navigate(toAddress(path, new URLSearchParams(given)))
  }
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
      {reply?.problem?.status === 401 && <SignIn />}
      {parameters.length === 0 && <ProblemNote problem={reply?.problem} />}
      {reply !== undefined && reply.problem === undefined && (
        <Result view={view} value={reply.value} />
      )}
    </>
  )
}

function Result({ view, value }: { view: Operation; value: unknown }) {
  if (!view.returnsList || !Array.isArray(value)) return <Json value={value} />
  if (value.length === 0) return <p class="none">{text.noRows}</p>
  return <RowTable name={view.id} fields={view.returned} rows={value as readonly Row[]} />
}
