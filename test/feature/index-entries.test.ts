// The largest values of fields that are indexed together: what a definition allows, every database takes.

import { randomInt } from 'node:crypto'
import { Type } from '@sinclair/typebox'
import { resource } from '../../src/resource/resource.ts'
import type { Row } from '../../src/resource/row.ts'
import type { Work } from '../../src/store/store.ts'
import { modelToTable } from '../../src/store/table.ts'
import { insertRow } from '../../src/store/write.ts'
import { modelOf } from '../support/model.ts'
import { feature, problemOf } from '../support/service.ts'

const text = (maxLength: number) => Type.String({ minLength: 1, maxLength, examples: ['a'] })

/** Characters of four bytes that no compression makes fewer. */
const random = (length: number) =>
  Array.from({ length }, () => String.fromCodePoint(0x20000 + randomInt(0xa000))).join('')

const pairs = resource('pairs', Type.Object({ a: text(330), b: text(330), c: text(500) }), {
  singular: 'couple',
  description: 'Two texts that are unique together, as long as they can be',
  unique: [['a', 'b']],
  index: ['c'],
})
const owned = resource('owned', Type.Object({ a: text(340) }), {
  description: 'A text that is unique among the rows of its owner',
  owner: true,
  unique: ['a'],
})

feature(
  'texts that are as long as their definition allows are taken, however many of them an index has',
  async (t, { store, post }) => {
    for (const _ of Array(5))
      t.equal(
        (await post('/pairs', { a: random(330), b: random(330), c: random(500) })).status,
        201,
      )
    const table = modelToTable(store.dialect, modelOf(owned))
    const owner = `token:${'i'.repeat(255)}#${random(255)}`
    const insert = function* (): Work<readonly Row[]> {
      return yield insertRow(table, [null, random(340)], owner)
    }
    t.equal((await store.transact(insert)).length, 1)
  },
  { resources: [pairs, owned] },
)

feature(
  'a text that is too long for an index of the database is the caller’s 422, and no fault',
  async (t, { store, post }) => {
    if (store.dialect.name === 'sqlite')
      return t.comment('SQLite takes index entries of any length')
    await store.transact(function* () {
      yield { text: 'create index by_hand on pairs (a, b, c)', values: [] }
    })
    const answer = await post('/pairs', { a: random(330), b: random(330), c: random(500) })
    t.match(problemOf(answer), {
      status: 422,
      detail: 'A text is too long for an index of the database.',
    })
    t.equal((await post('/pairs', { a: 'a', b: 'b', c: 'c' })).status, 201)
  },
  { resources: [pairs] },
)
