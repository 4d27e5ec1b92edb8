// `migrate --to` over each kind of change of docs/evolution.md: back, with the rows that were there, and forward again.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { loadMigrations } from '../src/definitions/load.ts'
import type { Resource } from '../src/resource/resource.ts'
import { byMessage, type Change, changes, type Sql } from './support/kinds-of-change.ts'
import { databases } from './support/service.ts'
import { Evolution, type Instance } from './support/versions.ts'

for (const change of changes)
  for (const { name, url } of databases)
    t.test(`${change.what} (${name})`, async t => {
      const { before, after, old = [], young = [], fill = [] } = change
      const evolution = new Evolution(t, await url(t))
      const numbered = new NumberedFile(t, evolution)
      await evolution.bring(before, 'additive')
      await store(t, await evolution.served(before), old)
      const rows = await shownBy(t, evolution, before)

      const way = await forth(evolution, numbered, change)
      await store(t, await evolution.served(after), young)
      const changed = await shownBy(t, evolution, after)
      const number = await evolution.numberOf(after)

      const back = { to: 1, folder: numbered.folder }
      await numbered.takeBack(way === 'file' ? change : undefined)
      const mend = change.mend ?? (fill.length === 0 ? change.repair : undefined)
      const refusal = await evolution.refusalBack(back)
      if (mend !== undefined || fill.length > 0)
        t.match(refusal, / in the rows? \d| share /, 'rows in the way are named')
      if (mend !== undefined) await evolution.run(mend)
      if (refusal !== undefined)
        t.equal(await evolution.refusalBack({ ...back, fill }), undefined, 'it goes back')
      t.equal(await evolution.refusal(before, 'additive'), undefined, 'the earlier version starts')
      const shown = await shownBy(t, evolution, before)
      if (change.isFilled !== true)
        for (const [name, those] of Object.entries(rows))
          t.strictSame(shown[name]?.slice(0, those.length), those, name)

      t.equal(await evolution.refusalBack({ ...back, to: number }), undefined, 'it goes forward')
      const files = await numbered.read()
      t.equal(await evolution.refusal(after, 'additive', files), undefined, 'the later one starts')
      const again = await shownBy(t, evolution, after)
      if (mend === undefined && fill.length === 0) t.strictSame(again, changed)
    })

/** By a start, `migrate` or the file. */
async function forth(evolution: Evolution, numbered: NumberedFile, { after, file }: Change) {
  await numbered.write(file, after)
  return evolution.byLeast(after, await numbered.read())
}

/** A numbered file, and what takes it back. */
class NumberedFile {
  readonly folder: string
  readonly #evolution: Evolution
  readonly #path: string
  #text = ''

  constructor(t: Test, evolution: Evolution) {
    this.folder = `${t.testdirName}/migrations`
    this.#evolution = evolution
    this.#path = `${this.folder}/${evolution.store.dialect.name}`
    mkdirSync(this.#path, { recursive: true })
    t.teardown(() => rmSync(this.folder, { recursive: true, force: true }))
  }

  read() {
    return loadMigrations(this.#path)
  }

  async write(sql: Sql | undefined, wanted: readonly Resource[]): Promise<void> {
    const text = await this.#toText(sql, wanted)
    if (text !== undefined) this.#save(text)
  }

  /** A file may say that at any time. */
  async takeBack(change: Change | undefined): Promise<void> {
    const sql = change?.takenBack ?? change?.undo
    const text = change && (await this.#toText(sql, change.before))
    if (text !== undefined) this.#save(`${this.#text}\n\n-- undo\n${text}\n`)
  }

  #save(text: string): void {
    this.#text = text
    writeFileSync(`${this.#path}/0001-there.sql`, text)
  }

  async #toText(sql: Sql | undefined, wanted: readonly Resource[]): Promise<string | undefined> {
    const text = typeof sql === 'object' ? sql[this.#evolution.store.dialect.name] : sql
    if (text !== byMessage) return text
    const refusal = await this.#evolution.refusal(wanted, 'full', await this.read())
    return /:\n\n(.*;)\n/s.exec(refusal ?? '')?.[1]
  }
}

async function store(t: Test, instance: Instance, rows: Change['old'] = []): Promise<void> {
  for (const [address, body] of rows) {
    const { status, text } = await instance.request('POST', address, body)
    t.equal(status, 201, text)
  }
}

/** What callers of a version read, which its document knows. */
async function shownBy(t: Test, evolution: Evolution, resources: readonly Resource[]) {
  const instance = await evolution.served(resources)
  const shown: Record<string, unknown[]> = {}
  for (const { name } of resources) {
    const { status, text, mistakes } = await instance.request('GET', `/${name}`)
    t.strictSame({ status, mistakes }, { status: 200, mistakes: [] }, text)
    shown[name] = JSON.parse(text)
  }
  return shown
}
