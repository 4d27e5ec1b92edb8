// The faults of the rehearsal, one for each alert, and the project in which they can be made.

import { type ChildProcess, execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout } from 'node:timers/promises'

export const gibibyte = 2 ** 30

/** Routes that fail, take long, and hold the event loop up. */
const faults = `
export default async app => {
  app.get('/fails', async () => { throw new Error('made for an alert') })
  app.get('/waits', async () => { await new Promise(done => setTimeout(done, 1500)); return {} })
  app.get('/blocks', async () => { const end = Date.now() + 400; while (Date.now() < end); return {} })
}
`

/** A resource whose hook fails. */
const alarms = `
import { resource, Type } from 'restwell'
const fields = Type.Object({ title: Type.String({ maxLength: 40, examples: ['Fire'] }) })
const hooks = { async afterCommit() { throw new Error('made for an alert') } }
export const alarms = resource('alarms', fields, { description: 'Alarms', hooks })
`

/** The project of this repository, with what can fail beside it. */
export function makeProject(folder: string): void {
  mkdirSync(join(folder, 'plugins'))
  writeFileSync(join(folder, 'plugins/faults.mjs'), faults)
  mkdirSync(join(folder, 'schemas'))
  writeFileSync(join(folder, 'schemas/alarms.mjs'), alarms)
  const definitions = readdirSync('schemas').map(name => `schemas/${name}`)
  for (const name of [...definitions, 'service.yaml', 'package.json', 'src', 'node_modules'])
    symlinkSync(resolve(name), join(folder, name))
}

const create = { method: 'POST', headers: { 'content-type': 'application/json' } }
export const task = { ...create, body: JSON.stringify({ summary: 'Write a test' }) }

type Get = (path: string, init?: RequestInit) => Promise<unknown>

interface Made {
  readonly service: ChildProcess
  /** Of the service. */
  readonly folder: string
  readonly get: Get
}

const openAgain = (folder: string) => new DatabaseSync(join(folder, 'data/restwell.db'))

/** What makes each alert fire, in an order in which one does not undo another. The service is gone after the last. */
export const makers: Record<string, (made: Made) => Promise<unknown>> = {
  RestwellFailing: async ({ get }) => get('/fails'),
  RestwellSlow: async ({ get }) => get('/waits'),
  RestwellOverloaded: async ({ get }) => {
    for (let round = 0; round < 8; round++) await Promise.all([get('/blocks'), get('/books')])
  },
  RestwellWaits: async ({ folder, get }) => {
    const other = openAgain(folder)
    other.exec('begin immediate')
    const writes = Array.from({ length: 20 }, () => get('/tasks', task))
    await setTimeout(1500)
    other.exec('rollback')
    other.close()
    await Promise.all(writes)
  },
  RestwellDatabase: async ({ folder, get }) => {
    const other = openAgain(folder)
    other.exec('alter table cars rename to cars_elsewhere')
    await Promise.all([get('/cars'), get('/cars')])
    other.exec('alter table cars_elsewhere rename to cars')
    other.close()
  },
  RestwellLog: async ({ folder }) => {
    const [reader, writer] = [openAgain(folder), openAgain(folder)]
    writer.exec('create table if not exists filler (bytes blob)')
    reader.exec('begin; select * from filler')
    writer.exec('insert into filler values (zeroblob(200000000))')
    await setTimeout(6000)
    reader.close()
    writer.exec('drop table filler')
    writer.close()
  },
  RestwellDisk: async ({ folder }) => {
    execFileSync('fallocate', ['--length', String(4 * gibibyte), join(folder, 'ballast')])
    await setTimeout(6000)
    rmSync(join(folder, 'ballast'))
  },
  RestwellHooks: async ({ get }) => get('/alarms', { ...create, body: '{"title":"Fire"}' }),
  RestwellImports: async ({ get }) => {
    const rows = '{"summary":"One of very many, each a row of its own"}\n'.repeat(1_000_000)
    const headers = { 'content-type': 'application/x-ndjson', prefer: 'respond-async' }
    await get('/tasks', { method: 'POST', headers, body: rows })
  },
  RestwellStopping: async ({ service }) => service.kill('SIGTERM'),
  RestwellDown: async () => {},
}
