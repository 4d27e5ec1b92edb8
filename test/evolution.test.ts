// docs/evolution.md says what becomes of each kind of change: every cell of it is done here, over each database.

import { readFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import type { Resource } from '../src/resource/resource.ts'
import type { MigrationFile } from '../src/store/migration/migration.ts'
import { byMessage, type Change, changes, type Sql } from './support/kinds-of-change.ts'
import { databases } from './support/service.ts'
import { Evolution, type Instance } from './support/versions.ts'

/** What a row of the page says, but for the change itself. */
interface Outcome {
  readonly way: string
  readonly beside: string
  readonly back: string
  readonly forward: string
}

const words = { start: 'start', migrate: '`migrate`', file: 'file' } as const

async function evolve(t: Test, url: string, change: Change): Promise<Outcome> {
  const { before, after, old = [], young = [], repair } = change
  const evolution = new Evolution(t, url)
  await evolution.bring(before, 'additive')
  const first = await evolution.served(before)
  for (const [address, body] of old) await stores(t, first, address, body)

  const there = await fileOf(evolution, after, { name: '0001-there.sql', sql: change.file })
  const way = await evolution.byLeast(after, there)
  const files = way === 'file' ? there : []
  const second = await evolution.served(after)
  await keepsItsDocument(t, second, after)
  for (const [address, body] of young) await stores(t, second, address, body)
  await keepsItsDocument(t, second, after)

  const starts = (await evolution.refusal(before, 'additive', files)) === undefined
  const beside = starts ? await besideOf(t, evolution, change) : 'refused'
  if (starts) await keepsItsDocument(t, second, after)

  const named =
    repair === undefined || starts ? undefined : await evolution.refusal(before, 'full', files)
  if (named !== undefined) t.match(named, /rows? /, 'the rows that are in the way are named')
  if (repair !== undefined) await evolution.run(repair)
  const undo =
    way === 'file'
      ? await fileOf(evolution, before, { name: '0002-back.sql', sql: change.undo, files })
      : []
  const back = await evolution.byLeast(before, undo, files)
  if (beside !== surprised) await keepsItsDocument(t, await evolution.served(before), before)
  const forward = back === 'file' ? 'file' : await evolution.byLeast(after, [], files)
  if (back !== 'file') await keepsItsDocument(t, await evolution.served(after), after)
  const backBy =
    named === undefined ? words[back] : `${words[back]}, when the rows that it names are changed`
  return { way: words[way], beside, back: backBy, forward: words[forward] }
}

interface Numbered {
  readonly name: string
  readonly sql: Sql | undefined
  /** Those before it. */
  readonly files?: readonly MigrationFile[]
}

/** The files with which the tables come to a definition; none where no file is needed. */
async function fileOf(
  evolution: Evolution,
  resources: readonly Resource[],
  { name, sql, files = [] }: Numbered,
) {
  const text = typeof sql === 'object' ? sql[evolution.store.dialect.name] : sql
  if (text === undefined) return []
  if (text !== byMessage) return [...files, { name, text }]
  const refusal = await evolution.refusal(resources, 'full', files)
  return [...files, { name, text: /:\n\n(.*;)\n/s.exec(refusal ?? '')?.[1] ?? '' }]
}

async function stores(t: Test, instance: Instance, address: string, body: object): Promise<void> {
  const { status, text, mistakes } = await instance.request('POST', address, body)
  t.strictSame(
    { status, mistakes },
    { status: 201, mistakes: [] },
    `POST ${address} ${JSON.stringify(body)}: ${text}`,
  )
}

async function keepsItsDocument(
  t: Test,
  instance: Instance,
  resources: readonly Resource[],
): Promise<void> {
  for (const { name } of resources) {
    const { status, text, mistakes } = await instance.request('GET', `/${name}`)
    t.strictSame({ status, mistakes }, { status: 200, mistakes: [] }, `GET /${name}: ${text}`)
  }
}

const surprised = 'serves, and reads values that it does not know'

/** What an instance of before meets beside the new one: it reads and changes every row, and stores another. */
async function besideOf(
  t: Test,
  evolution: Evolution,
  { before, old = [] }: Change,
): Promise<string> {
  const instance = await evolution.served(before)
  const unknown: string[] = []
  for (const { name } of before) {
    const { status, text, mistakes } = await instance.request('GET', `/${name}`)
    t.equal(status, 200)
    unknown.push(...mistakes)
    for (const { id } of JSON.parse(text)) {
      const changed = await instance.request('PATCH', `/${name}/${id}`, { name: `patched ${id}` })
      t.equal(changed.status, 200, `PATCH /${name}/${id}: ${changed.text}`)
    }
  }
  const [address = '', body = {}] = old.at(-1) ?? []
  if (address !== '') await stores(t, instance, address, { ...body, name: 'once more' })
  return unknown.length === 0 ? 'serves' : surprised
}

const page = readFileSync('docs/evolution.md', 'utf8')
const rows = page.split('\n').filter(line => line.startsWith('| '))

for (const change of changes)
  t.test(change.what, async t => {
    const outcomes: Record<string, Outcome> = {}
    for (const { name, url } of databases)
      await t.test(name, async t => {
        outcomes[name] = await evolve(t, await url(t), change)
      })
    const row = rows.find(line => line.startsWith(`| ${change.what} |`))
    const told = cellsOf(row ?? '')
    for (const [name, outcome] of Object.entries(outcomes)) t.strictSame(outcome, told(name), name)
  })

/** What the page says of a change on a database; where both are alike, it says so once. */
function cellsOf(row: string): (database: string) => Outcome {
  const [, , ...cells] = row.split('|').map(cell => cell.trim())
  return database => {
    const [way = '', beside = '', back = '', forward = ''] = cells.map(cell => {
      const [sqlite = '', postgres = sqlite] = cell.split(' / ')
      return database === 'sqlite' ? sqlite : postgres
    })
    return { way, beside, back, forward }
  }
}

t.test('the page tells of no other change', async t => {
  t.strictSame(
    rows.slice(1).map(line => line.split(' | ')[0]),
    changes.map(({ what }) => `| ${what}`),
  )
})
