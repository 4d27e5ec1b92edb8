// A step from one definition to the next as a process of its own, which is killed before one of its statements.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { json } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { Row } from '../../src/resource/row.ts'
import {
  type Extent,
  MigrationError,
  type MigrationFile,
} from '../../src/store/migration/migration.ts'
import { openStore } from '../../src/store/open.ts'
import type { Store, Work } from '../../src/store/store.ts'
import { toResources, type World } from './random-world.ts'
import { bringBack, bringTo, type WayBack } from './versions.ts'

export type KilledStep = {
  readonly url: string
  /** How many statements it is let run. */
  readonly statements: number
} & (WayForth | WayBack)

export interface WayForth {
  readonly world: World
  readonly extent: Extent
  readonly files: readonly MigrationFile[]
}

/** How it ended: killed, or before that by itself. */
export async function killedStep(step: KilledStep): Promise<'killed' | 'done' | 'refused'> {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url)], {
    stdio: ['pipe', 'inherit', 'inherit'],
  })
  child.stdin?.end(JSON.stringify(step))
  const [code, signal] = await once(child, 'exit')
  if (signal === 'SIGKILL') return 'killed'
  if (code !== 0 && code !== refused) throw new Error(`The step ended with ${code ?? signal}.`)
  return code === refused ? 'refused' : 'done'
}

const refused = 3

/** The store, which kills the process before the statement that is one too many. */
function killing(store: Store, statements: number): Store {
  let left = statements
  const count = () => {
    if (left-- === 0) process.kill(process.pid, 'SIGKILL')
  }
  const counted = <T>(work: Work<T>) => eachCounted(work, count)
  return {
    dialect: store.dialect,
    location: store.location,
    query: statement => store.query(statement),
    transact: work => store.transact(() => counted(work())),
    read: work => store.read(work),
    stream: statement => store.stream(statement),
    streamText: (statement, writing) => store.streamText(statement, writing),
    session: task =>
      store.session(session =>
        task({
          run: statement => {
            count()
            return session.run(statement)
          },
          transact: work => session.transact(() => counted(work())),
        }),
      ),
    aside: task => store.aside(task),
    close: () => store.close(),
  }
}

function* eachCounted<T>(work: Work<T>, count: () => void): Work<T> {
  let step = work.next()
  while (!step.done) {
    count()
    let rows: readonly Row[]
    try {
      rows = yield step.value
    } catch (error) {
      step = work.throw(error)
      continue
    }
    step = work.next(rows)
  }
  return step.value
}

if (import.meta.main) {
  const { url, statements, ...way } = (await json(process.stdin)) as KilledStep
  const store = openStore(url, { exclusive: false })
  const killed = killing(store, statements)
  try {
    if ('to' in way) await bringBack(killed, way)
    else await bringTo(killed, { ...way, resources: toResources(way.world) })
  } catch (error) {
    if (!(error instanceof MigrationError)) throw error
    process.exitCode = refused
  } finally {
    await store.close()
  }
}
