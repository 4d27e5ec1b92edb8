// A process is killed while it changes tables, again and again: what there was is there, and the next one finishes it.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { catalogOf, evolved, filled } from '../support/evolution.ts'
import type { Database } from '../support/migrations.ts'
import { record, rounds } from '../support/record.ts'
import { databases } from '../support/service.ts'

const count = 20_000
const pathOf = (name: string) => fileURLToPath(new URL(`../${name}`, import.meta.url))

/** What brings tables to another definition, and how it says that it is about to, and that it has. */
interface Way {
  readonly name: string
  /** The database that it begins with. */
  readonly prepared: typeof filled
  readonly script: string
  readonly operands: (url: string) => readonly string[]
  readonly begun: RegExp
  readonly done: RegExp
  readonly killings: number
}

const ways: readonly Way[] = [
  {
    name: 'migrate',
    prepared: filled,
    script: pathOf('support/evolution.ts'),
    operands: url => [url],
    begun: /^begun/m,
    done: /^done/m,
    killings: rounds(5),
  },
  {
    name: 'migrate --to',
    prepared: evolved,
    script: pathOf('support/evolution.ts'),
    operands: url => [url, 'back'],
    begun: /^begun/m,
    done: /^done/m,
    killings: rounds(3),
  },
  {
    name: 'a start',
    prepared: filled,
    script: pathOf('../src/cli.ts'),
    operands: () => ['serve'],
    begun: /changing the tables, step 1 of/,
    done: / Data /,
    killings: rounds(2),
  },
]

/** A process that changes tables. */
class Evolving {
  readonly #way: Way
  readonly #child: ChildProcess
  readonly #end: Promise<unknown[]>
  #text = ''

  constructor(way: Way, url: string) {
    this.#way = way
    const { script, operands } = way
    this.#child = spawn(process.execPath, [script, ...operands(url)], {
      cwd: pathOf('fixtures/evolution'),
      env: { ...process.env, DATABASE_URL: url, PORT: '0', AUTH: 'none', LOG_LEVEL: 'info' },
    })
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.setEncoding('utf8').on('data', (piece: string) => {
        this.#text += piece
        this.#child.emit('said')
      })
    this.#end = once(this.#child, 'close')
  }

  begun(): Promise<void> {
    return this.#says(this.#way.begun)
  }

  /** Fulfilled when the tables are changed; the process ends then. */
  async done(): Promise<void> {
    await this.#says(this.#way.done)
    this.#child.kill('SIGTERM')
    await this.#end
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#end
  }

  async #says(words: RegExp): Promise<void> {
    while (!words.test(this.#text)) {
      const [reason] = await Promise.race([once(this.#child, 'said'), this.#end])
      if (reason !== undefined) throw new Error(`It ended: ${this.#text}`)
    }
  }
}

/** What the rows are, as far as no change of the tables changes them. */
async function rowsOf({ store }: Database): Promise<readonly number[]> {
  const text = `select count(*), sum(old), count(distinct name), sum(level) from things`
  const [row = []] = await store.query({ text, values: [] })
  return row.map(Number)
}

async function unfinishedOf({ store }: Database): Promise<number> {
  const text = 'select count(*) from _definitions where not finished'
  const [[unfinished] = []] = await store.query({ text, values: [] })
  return Number(unfinished)
}

for (const { name, url } of databases)
  for (const way of ways)
    t.test(
      `${way.name} is killed while it changes tables: the next one finishes it, and no row is missing (${name})`,
      async t => {
        t.setTimeout(way.killings * 60_000)
        let expected: readonly string[] = []
        let time = 0
        await t.test('undisturbed', async t => {
          const address = await url(t)
          const database = await way.prepared(t, address, count)
          const evolving = new Evolving(way, address)
          await evolving.begun()
          const started = performance.now()
          await evolving.done()
          time = performance.now() - started
          expected = await catalogOf(database)
        })
        const outcomes = { before: 0, between: 0, after: 0 }
        for (let round = 1; round <= way.killings; round++)
          await t.test(`round ${round}`, async t => {
            const address = await url(t)
            const database = await way.prepared(t, address, count)
            const original = await catalogOf(database)
            const rows = await rowsOf(database)
            const evolving = new Evolving(way, address)
            await evolving.begun()
            await new Promise(resolve => setTimeout(resolve, Math.random() * time))
            await evolving.kill()
            const found = JSON.stringify(await catalogOf(database))
            const isBefore = found === JSON.stringify(original)
            const isAfter = found === JSON.stringify(expected)
            outcomes[isBefore ? 'before' : isAfter ? 'after' : 'between']++
            t.strictSame(await rowsOf(database), rows)
            await new Evolving(way, address).done()
            t.strictSame(await catalogOf(database), expected)
            t.strictSame(await rowsOf(database), rows)
            t.equal(await unfinishedOf(database), 0)
          })
        if (name === 'sqlite') t.equal(outcomes.between, 0, 'it is one transaction')
        t.comment(JSON.stringify(outcomes))
        record(t, {
          method: `SIGKILL of ${way.name} while tables change (${name})`,
          rounds: way.killings,
          acknowledged: way.killings * count,
          lost: 0,
        })
      },
    )
