// The form for a new row.

import { useMemo, useState } from 'preact/hooks'
import { ask, type Problem } from './ask.ts'
import type { Operation, Resource } from './document.ts'
import { type Entered, EntryError, toBody, toEntered } from './entry.ts'
import { Form } from './form.tsx'
import { Json, Title } from './parts.tsx'
import { navigate } from './route.ts'
import type { Row } from './save.ts'
import { text } from './text.ts'

interface NewRowProps {
  readonly resource: Resource
  readonly create: Operation
  readonly path: string
}

export function NewRow({ resource, create, path }: NewRowProps) {
  const fields = create.body
  const [entered, setEntered] = useState(() => toEntered(fields, initialRow(create)))
  const [problem, setProblem] = useState<Problem>()
  const [isBusy, setBusy] = useState(false)
  const [secret, setSecret] = useState<{ row: unknown; location: string }>()
  const send = useSend(create, path)
  const submit = async () => {
    setBusy(true)
    const reply = await send(entered)
    setBusy(false)
    setProblem(reply.problem)
    if (reply.problem !== undefined) return
    const location = reply.location ?? path
    if (showsMore(create, resource)) setSecret({ row: reply.row, location })
    else navigate(location)
  }
  if (secret !== undefined)
    return (
      <>
        <Title page="created">{text.created}</Title>
        <p>
          <strong>{text.shownOnce}</strong>
        </p>
        <Json value={secret.row} />
        <a class="button primary" href={secret.location}>
          {text.close}
        </a>
      </>
    )
  return (
    <>
      <header class="page">
        <Title page="new">{create.summary}</Title>
      </header>
      <Form
        id="new"
        fields={fields}
        entered={entered}
        onEnter={setEntered}
        onSubmit={submit}
        onCancel={() => navigate(path)}
        submit={create.summary}
        isBusy={isBusy}
        problem={problem}
        example={create.example}
      />
    </>
  )
}

/** What a new row has where nothing is said. */
function initialRow({ body }: Operation): Row {
  return Object.fromEntries(body.map(({ name, initial }) => [name, initial]))
}

/** Whether the response has members that no read has, such as the secret of a key. */
function showsMore({ returned }: Operation, { fields }: Resource): boolean {
  const names = fields.map(({ name }) => name)
  return returned.some(({ name }) => !names.includes(name))
}

/** A repetition of the same entry, after a response that was lost, creates nothing twice. */
function useSend(create: Operation, path: string) {
  const keys = useMemo(() => new Map<string, string>(), [])
  const nothing = toEntered(create.body, {})
  return async (entered: Entered) => {
    try {
      const body = toBody(create.body, entered, nothing)
      const text = JSON.stringify(body)
      const key = keys.get(text) ?? crypto.randomUUID()
      keys.set(text, key)
      const headers: Record<string, string> = create.headers.includes('Idempotency-Key')
        ? { 'idempotency-key': key }
        : {}
      const reply = await ask('POST', path, { body, headers })
      const location = reply.headers.get('location') ?? undefined
      return { problem: reply.problem, row: reply.value, location }
    } catch (error) {
      if (error instanceof EntryError) return { problem: error.problem }
      throw error
    }
  }
}
