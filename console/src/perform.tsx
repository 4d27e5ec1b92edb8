// Actions as buttons, each with the form that its body and its parameters need, and views as links.

import { useState } from 'preact/hooks'
import { fill } from './address.ts'
import { ask, type Problem } from './ask.ts'
import { may } from './caller.ts'
import type { Operation, Resource } from './document.ts'
import { EntryError, toBody, toEntered } from './entry.ts'
import { Form } from './form.tsx'
import { Dialog, Json } from './parts.tsx'
import { toAddress, toQuery } from './query.ts'
import { useSession } from './session.ts'
import { text } from './text.ts'

interface OperationsProps {
  readonly resource: Resource
  readonly on: 'collection' | 'member'
  readonly keys: Readonly<Record<string, string>>
  readonly etag?: string | null
  readonly onDone: () => void
}

export function Operations({ resource, on, keys, etag, onDone }: OperationsProps) {
  const session = useSession()
  const [open, setOpen] = useState<Operation>()
  const here = ({ path }: Operation) => path.startsWith(`${resource.member}/`) === (on === 'member')
  const allowed = (operation: Operation) => here(operation) && may(session, operation)
  const actions = resource.actions.filter(allowed)
  const views = resource.views.filter(allowed)
  if (actions.length + views.length === 0) return null
  return (
    <div class="operations">
      {views.map(view => (
        <a class="button" key={view.id} href={session.base + fill(view.path, keys)}>
          {view.summary}
        </a>
      ))}
      {actions.map(action => (
        <button type="button" key={action.id} onClick={() => setOpen(action)}>
          {action.summary}
        </button>
      ))}
      {open !== undefined && (
        <ActionDialog
          action={open}
          path={session.base + fill(open.path, keys)}
          etag={etag}
          onClose={() => setOpen(undefined)}
          onDone={onDone}
        />
      )}
    </div>
  )
}

interface ActionProps {
  readonly action: Operation
  readonly path: string
  readonly etag?: string | null | undefined
  readonly onClose: () => void
  readonly onDone: () => void
}

function ActionDialog({ action, path, etag, onClose, onDone }: ActionProps) {
  const fields = [...action.body, ...action.parameters]
  const nothing = toEntered(fields, {})
  const [entered, setEntered] = useState(() =>
    toEntered(fields, Object.fromEntries(fields.map(({ name, initial }) => [name, initial]))),
  )
  const [problem, setProblem] = useState<Problem>()
  const [result, setResult] = useState<unknown>()
  const [isBusy, setBusy] = useState(false)
  const [key] = useState(() => crypto.randomUUID())
  const submit = async () => {
    setBusy(true)
    try {
      const body = toBody(action.body, entered, nothing)
      const query = toQuery(action.parameters, entered)
      const reply = await ask('POST', toAddress(path, query), {
        ...(action.body.length === 0 ? {} : { body }),
        headers: headersOf(action, key, etag),
      })
      setProblem(reply.problem)
      if (reply.problem === undefined) {
        if (reply.value === undefined) onClose()
        setResult(reply.value)
        onDone()
      }
    } catch (error) {
      if (!(error instanceof EntryError)) throw error
      setProblem(error.problem)
    }
    setBusy(false)
  }
  return (
    <Dialog title={action.summary} onClose={onClose}>
      <p class="muted">{action.description}</p>
      {result === undefined ? (
        <Form
          id="action"
          fields={fields}
          entered={entered}
          onEnter={setEntered}
          onSubmit={submit}
          onCancel={onClose}
          submit={text.run}
          isBusy={isBusy}
          problem={problem}
        />
      ) : (
        <>
          <p role="status">{text.done}</p>
          <Json value={result} />
          <button type="button" onClick={onClose}>
            {text.close}
          </button>
        </>
      )}
    </Dialog>
  )
}

function headersOf({ headers }: Operation, key: string, etag: string | null | undefined) {
  return {
    ...(headers.includes('Idempotency-Key') ? { 'idempotency-key': key } : {}),
    ...(headers.includes('If-Match') && etag ? { 'if-match': etag } : {}),
  }
}
