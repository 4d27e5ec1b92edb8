// The page of a row: its fields, what can be done with it, and what refers to it.

import { useEffect, useState } from 'preact/hooks'
import { fill } from './address.ts'
import { ask, type Problem, type Reply } from './ask.ts'
import { may } from './caller.ts'
import { useNames, Value } from './cell.tsx'
import type { Resource } from './document.ts'
import { EditRow } from './edit.tsx'
import { CopyButton, Dialog, Json, ProblemNote, Title } from './parts.tsx'
import { Operations } from './perform.tsx'
import { RelatedRows } from './related.tsx'
import { navigate, type Route } from './route.ts'
import type { Row } from './save.ts'
import { useReply, useSession } from './session.ts'
import { SignIn } from './sign-in.tsx'
import { text, title } from './text.ts'
import { nameField } from './values.ts'

interface RowPageProps {
  readonly resource: Resource
  readonly keys: Readonly<Record<string, string>>
  readonly route: Route
}

export function RowPage({ resource, keys, route }: RowPageProps) {
  const { base } = useSession()
  const path = base + fill(resource.member ?? '', keys)
  const asked = useReply(path)
  const { reply } = asked
  const list = base + fill(resource.path, keys)
  return (
    <>
      <nav aria-label={text.breadcrumbs} class="crumbs">
        <a href={list}>{title(resource.name)}</a>
      </nav>
      {reply?.problem?.status === 401 ? <SignIn /> : <ProblemNote problem={reply?.problem} />}
      {reply !== undefined && reply.problem === undefined && (
        <ReadRow
          {...{ resource, keys, path, list, reply }}
          isEdited={route.hash === 'edit'}
          reload={asked.reload}
        />
      )}
    </>
  )
}

interface ReadRowProps {
  readonly resource: Resource
  readonly keys: Readonly<Record<string, string>>
  readonly path: string
  readonly list: string
  readonly reply: Reply
  readonly isEdited: boolean
  readonly reload: () => void
}

function ReadRow({ resource, keys, path, list, reply, isEdited, reload }: ReadRowProps) {
  const session = useSession()
  const row = reply.value as Row
  const name = String(row[nameField(resource.fields, resource.key)] ?? row[resource.key])
  const etag = reply.headers.get('etag')
  const [isDeleting, setDeleting] = useState(false)
  const close = () => navigate(path)
  const { update, remove } = resource
  if (isEdited && update !== undefined && may(session, update))
    return (
      <>
        <Title page={`${path}#edit`}>{name}</Title>
        <EditRow
          {...{ update, path, reply }}
          onCancel={close}
          onDone={() => {
            reload()
            close()
          }}
        />
      </>
    )
  return (
    <>
      <header class="page">
        <Title page={path}>{name}</Title>
        <div class="actions">
          {may(session, update) && (
            <a class="button primary" href={`${path}#edit`}>
              {text.edit}
            </a>
          )}
          {may(session, remove) && (
            <button type="button" class="danger" onClick={() => setDeleting(true)}>
              {text.delete}
            </button>
          )}
        </div>
      </header>
      <Operations on="member" {...{ resource, keys, etag }} onDone={reload} />
      <RowFields resource={resource} row={row} />
      <RelatedRows resource={resource} row={row} />
      <details>
        <summary>{text.raw}</summary>
        <CopyButton content={JSON.stringify(row, null, 2)} />
        <Json value={row} />
      </details>
      {isDeleting && (
        <DeleteDialog {...{ name, path, list, etag }} onClose={() => setDeleting(false)} />
      )}
    </>
  )
}

function RowFields({ resource: { fields }, row }: { resource: Resource; row: Row }) {
  const [rows, setRows] = useState([row])
  useEffect(() => setRows([row]), [row])
  const names = useNames(fields, rows)
  return (
    <dl class="row">
      {fields.map(field => (
        <div key={field.name}>
          <dt>{title(field.name)}</dt>
          <dd>
            <Value field={field} value={row[field.name]} names={names} />
            {field.description !== '' && <p class="about">{field.description}</p>}
          </dd>
        </div>
      ))}
    </dl>
  )
}

interface DeleteProps {
  readonly name: string
  readonly path: string
  readonly list: string
  readonly etag: string | null
  readonly onClose: () => void
}

function DeleteDialog({ name, path, list, etag, onClose }: DeleteProps) {
  const [problem, setProblem] = useState<Problem>()
  const remove = async () => {
    const headers = { 'if-match': etag ?? '*' }
    const reply = await ask('DELETE', path, { headers })
    if (reply.problem === undefined) navigate(list)
    else setProblem(reply.problem)
  }
  return (
    <Dialog title={text.deleteQuestion(name)} onClose={onClose}>
      <p>{text.deleteHelp}</p>
      <ProblemNote problem={problem} />
      <div class="buttons">
        <button type="button" class="danger" onClick={remove}>
          {text.delete}
        </button>
        <button type="button" onClick={onClose}>
          {text.cancel}
        </button>
      </div>
    </Dialog>
  )
}
