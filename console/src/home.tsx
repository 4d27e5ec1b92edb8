// The first page: what the service is, and its resources with the number of their rows.

import { useEffect, useState } from 'preact/hooks'
import { ask } from './ask.ts'
import { may } from './caller.ts'
import type { Resource } from './document.ts'
import { Title } from './parts.tsx'
import { useSession } from './session.ts'
import { SignIn } from './sign-in.tsx'
import { text, title } from './text.ts'

export function Home() {
  const { api, base, caller } = useSession()
  const resources = api.resources.filter(({ path }) => !path.includes('{'))
  return (
    <>
      <header class="page">
        <div>
          <Title page="home">{api.title}</Title>
          <p class="muted">
            {text.overview} · {api.version}
          </p>
        </div>
      </header>
      {caller.kind === 'anonymous' && <SignIn />}
      <ul class="cards">
        {resources.map(resource => (
          <li key={resource.path}>
            <h2>
              <a href={base + resource.path}>{title(resource.name)}</a>
            </h2>
            <p>{resource.description}</p>
            <RowCount resource={resource} />
          </li>
        ))}
      </ul>
    </>
  )
}

function RowCount({ resource }: { resource: Resource }) {
  const session = useSession()
  const [total, setTotal] = useState('')
  useEffect(() => {
    if (!may(session, resource.list)) return
    const address = `${session.base}${resource.path}?limit=1`
    ask('HEAD', address, { headers: { prefer: 'count=exact' } }).then(({ headers }) =>
      setTotal(headers.get('x-total-count') ?? ''),
    )
  }, [session.caller])
  return <p class="muted count">{total === '' ? ' ' : text.allOf(Number(total), Number(total))}</p>
}

export function Footer() {
  const { base } = useSession()
  const links = [
    ['/docs', text.document],
    ['/reference', text.reference],
    ['/openapi.json', 'OpenAPI'],
    ['/health', text.health],
  ] as const
  return (
    <footer>
      {links.map(([href, label]) => (
        <a key={href} href={base + href} rel="external">
          {label}
        </a>
      ))}
    </footer>
  )
}
