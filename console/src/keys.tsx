// The API keys on the page of operators, each with a way to its own page, where it is rotated and revoked.

import { may } from './caller.ts'
import { List } from './list.tsx'
import type { Row } from './save.ts'
import { useReply, useSession } from './session.ts'
import { text } from './text.ts'

const keysPath = '/keys'

export function Keys() {
  const session = useSession()
  const resource = session.api.resources.find(({ path }) => path === keysPath)
  const mayRead = may(session, resource?.list)
  const address = session.base + keysPath
  const { reply } = useReply(mayRead ? `${address}?sort=-last_used_at&limit=20` : undefined)
  if (!mayRead || !Array.isArray(reply?.value)) return null
  const keys = reply.value as readonly Row[]
  return (
    <>
      <List title={text.keys} heads={text.keyHeads}>
        {keys.map(({ id, name, prefix, plan, last_used_at, expires_at }) => (
          <tr key={String(id)}>
            <th scope="row">
              <a href={`${address}/${id}`}>{String(name)}</a>
            </th>
            <td>
              <code>{String(prefix)}…</code>
            </td>
            <td>{String(plan ?? text.none)}</td>
            <td>{time(last_used_at)}</td>
            <td>{time(expires_at)}</td>
          </tr>
        ))}
      </List>
      <p>
        <a href={address}>{text.allKeys}</a>
        {may(session, resource?.create) && (
          <>
            {' · '}
            <a href={`${address}#new`}>{text.newKey}</a>
          </>
        )}
      </p>
    </>
  )
}

function time(value: unknown): string {
  return typeof value === 'string' ? new Date(value).toLocaleString() : text.none
}
