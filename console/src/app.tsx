// The console: reads the document, finds out who asks, and shows what is at the address of the page.

import { Component, type ComponentChildren, render } from 'preact'
import { useEffect, useMemo, useState } from 'preact/hooks'
import { baseOf, findPlace, localPath, prefix, statusPath } from './address.ts'
import { ask, credentials, keepCredentials, type Problem } from './ask.ts'
import type { Caller } from './caller.ts'
import { Collection } from './collection.tsx'
import { type Api, type Document, readDocument } from './document.ts'
import { Elsewhere } from './elsewhere.tsx'
import { Footer, Home } from './home.tsx'
import { ImportPage } from './import-page.tsx'
import { Operators, useStatusPage } from './operators.tsx'
import { ProblemNote } from './parts.tsx'
import { type Route, useRoute } from './route.ts'
import { RowPage } from './row.tsx'
import { leave, type Session, SessionContext } from './session.ts'
import { text, title } from './text.ts'
import { ViewPage } from './view.tsx'

interface Known {
  readonly api: Api
  readonly caller: Caller
}

function App() {
  const route = useRoute()
  const base = baseOf(route.path)
  const [known, setKnown] = useState<Known>()
  const [problem, setProblem] = useState<Problem>()
  const [round, setRound] = useState(0)
  useEffect(() => {
    load(known?.api).then(setKnown, setProblem)
  }, [round])
  const session = useMemo(
    () => known && { ...known, base, renew: () => setRound(each => each + 1) },
    [known, base],
  )
  if (problem !== undefined) return <ProblemNote problem={problem} />
  if (session === undefined) return <p class="hidden">{text.loading}</p>
  return (
    <SessionContext.Provider value={session}>
      <a class="skip" href="#main" rel="external">
        {text.skip}
      </a>
      <Bar session={session} path={localPath(route.path)} />
      <main id="main">
        <Guard key={route.path}>
          <Page api={session.api} route={route} />
        </Guard>
        <Footer />
      </main>
    </SessionContext.Provider>
  )
}

/** The document is read once; who asks, each time that credentials change. Rejects with a `Problem`. */
async function load(api: Api | undefined): Promise<Known> {
  const [document, service] = await Promise.all([
    api === undefined ? ask('GET', `${prefix}/openapi.json`) : undefined,
    askService(),
  ])
  const problem = document?.problem ?? service.problem
  if (problem !== undefined) throw problem
  const { caller } = service.value as { caller: Caller }
  return { api: api ?? readDocument(document?.value as Document), caller }
}

/** Credentials that are not valid any more are forgotten. */
async function askService() {
  const reply = await ask('GET', `${prefix}/`)
  if (reply.status !== 401 || credentials() === null) return reply
  keepCredentials('')
  return ask('GET', `${prefix}/`)
}

function Page({ api, route }: { api: Api; route: Route }) {
  const path = localPath(route.path)
  const place = findPlace(api, path)
  useEffect(() => {
    document.title = place.kind === 'home' ? api.title : `${title(path.slice(1))} · ${api.title}`
  }, [path])
  switch (place.kind) {
    case 'home':
      return <Home />
    case 'collection':
      return <Collection key={path} {...place} route={route} />
    case 'row':
      return <RowPage key={path} {...place} route={route} />
    case 'import':
      return <ImportPage key={path} path={path} />
    case 'status':
      return <Operators />
    case 'view':
      return <ViewPage key={path} {...place} route={route} />
    default:
      return <Elsewhere path={route.path} />
  }
}

function Bar({ session, path }: { session: Session; path: string }) {
  const { api, base, caller } = session
  const resources = api.resources.filter(resource => !resource.path.includes('{'))
  const status = useStatusPage()
  return (
    <header class="bar-top">
      <a class="brand" href={`${base}/`}>
        {api.title}
      </a>
      <nav aria-label={text.navigation}>
        {resources.map(resource => (
          <a
            key={resource.path}
            href={base + resource.path}
            aria-current={isWithin(path, resource.path) ? 'page' : undefined}
          >
            {title(resource.name)}
          </a>
        ))}
        {status !== undefined && (
          <a
            class="apart"
            href={status}
            aria-current={isWithin(path, statusPath) ? 'page' : undefined}
          >
            {text.status}
          </a>
        )}
      </nav>
      {(caller.kind === 'key' || caller.kind === 'token') && (
        <p class="caller">
          <span>{text.signedIn(caller.id)}</span>
          <button type="button" class="quiet" onClick={() => leave(session)}>
            {text.leave}
          </button>
        </p>
      )}
    </header>
  )
}

const isWithin = (path: string, collection: string) =>
  path === collection || path.startsWith(`${collection}/`)

/** A fault of a page is shown as one, and the rest stays usable. */
class Guard extends Component<{ children: ComponentChildren }, { error?: Error }> {
  override componentDidCatch(error: Error) {
    this.setState({ error })
  }

  override render() {
    const { error } = this.state
    if (error === undefined) return this.props.children
    return <ProblemNote problem={{ status: 500, title: text.fault, detail: error.message }} />
  }
}

render(<App />, document.getElementById('app') as HTMLElement)
