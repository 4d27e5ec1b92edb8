// Faults of hooks, and imports, are counted, each from zero on.

import { setTimeout as pause } from 'node:timers/promises'
import { pino } from 'pino'
import { Refusal, resource, Type } from '../../src/restwell.ts'
import { endOf, sendLater } from '../support/imports.ts'
import { samples } from '../support/metric-values.ts'
import { feature, type Service } from '../support/service.ts'

const valuesOf = async ({ metrics }: Service, name: string) =>
  samples((await metrics?.text()) ?? '', name)

const titled = Type.Object({ title: Type.String({ maxLength: 40, examples: ['A'] }) })

const notes = resource('notes', titled, {
  description: 'Notes',
  hooks: {
    beforeWrite({ after }) {
      if (after?.title === 'fault') throw new Error('a fault of the hook')
      if (after?.title === 'refused') throw new Refusal(409, 'It is refused.')
    },
    async afterCommit({ after }) {
      if (after?.title === 'late') throw new Error('a fault after the commit')
    },
  },
})

const letters = resource('letters', titled, {
  description: 'Each writes a note, whose hook may fail',
  hooks: {
    *afterWrite({ after, db }) {
      if (after) yield* db.create(notes, { title: after.title })
    },
  },
})

const measured = { measured: true, logger: pino({ level: 'silent' }) }

feature(
  'the faults of each hook are counted, and no refusals',
  async (t, service) => {
    const { post } = service
    const counted = () => valuesOf(service, 'restwell_hook_failures_total')
    const none = {
      '{resource="notes",hook="beforeWrite"}': 0,
      '{resource="notes",hook="afterCommit"}': 0,
      '{resource="letters",hook="afterWrite"}': 0,
    }
    t.strictSame(await counted(), none)
    t.equal((await post('/notes', { title: 'refused' })).status, 409)
    t.equal((await post('/notes', { title: 'well' })).status, 201)
    t.strictSame(await counted(), none)
    t.equal((await post('/notes', { title: 'late' })).status, 201)
    t.equal((await post('/notes', { title: 'fault' })).status, 500)
    t.equal((await post('/letters', { title: 'fault' })).status, 500)
    await pause(1)
    t.strictSame(await counted(), {
      ...none,
      '{resource="notes",hook="beforeWrite"}': 2,
      '{resource="notes",hook="afterCommit"}': 1,
    })
  },
  { ...measured, resources: [notes, letters], sample: false },
)

feature(
  'imports are counted by what becomes of them',
  async (t, service) => {
    const running = async () => (await valuesOf(service, 'restwell_imports_running'))['']
    // An import has ended in the database a moment before its worker counts it.
    const counted = async () => {
      while ((await running()) !== 0) await pause(20)
      return valuesOf(service, 'restwell_imports_total')
    }
    const of = (...[received, started, done, failed, cancelled]: number[]) => ({
      ...{ '{step="received"}': received, '{step="started"}': started },
      ...{ '{step="done"}': done, '{step="failed"}': failed, '{step="cancelled"}': cancelled },
    })
    t.strictSame(await counted(), of(0, 0, 0, 0, 0))
    await endOf(service, await sendLater(service, '/notes', '{"title":"well"}\n'))
    await endOf(service, await sendLater(service, '/notes', '{"title":1}\n'))
    t.strictSame(await counted(), of(2, 2, 1, 1, 0))
    const rows = '{"title":"one of many"}\n'.repeat(20_000)
    const { headers } = await sendLater(service, '/notes', rows)
    t.equal((await service.delete(String(headers.location))).status, 204)
    // The next one begins when the work on this one is over.
    await endOf(service, await sendLater(service, '/notes', ''))
    t.match(await counted(), { ...of(4, 0, 2, 1, 1), '{step="started"}': Number })
  },
  { ...measured, resources: [notes, letters], sample: false },
)
