// The types that a definition gives, checked by the compiler; and the fields that a definition may name.

import { Type } from '@sinclair/typebox'
import t from 'tap'
import type { books } from '../../schemas/books.ts'
import type { guests } from '../../schemas/guests.ts'
import type { users } from '../../schemas/users.ts'
import {
  CreatedAt,
  Currency,
  Enum,
  Line,
  MinorUnits,
  type RowOf,
  resource,
  type Values,
} from '../../src/resource/resource.ts'
import type { specimens } from '../fixtures/schemas/specimens.ts'

/** True for types that are the same, written differently or not. */
type Same<One, Other> =
  (<T>() => T extends Flat<One> ? 1 : 2) extends <T>() => T extends Flat<Other> ? 1 : 2
    ? true
    : false
type Flat<T> = T extends object ? { [K in keyof T]: Flat<T[K]> } : T

t.test('the row of a resource has every member; the optional ones may be null', async t => {
  const user: Same<
    RowOf<typeof users>,
    {
      username: string
      name: string | null
      email: string | null
      bio: string | null
      created_at: string
    }
  > = true
  const book: Same<
    RowOf<typeof books>,
    {
      id: number
      title: string
      authors: { name: string }[]
      page_count: number | null
      pub_date: string | null
      isbn13: string | null
      genre: string | null
    }
  > = true
  const status: Same<RowOf<typeof guests>['status'], 'invited' | 'accepted' | 'declined'> = true
  const specimen: Same<
    Pick<RowOf<typeof specimens>, 'kind' | 'layers' | 'genuine' | 'origin'>,
    {
      kind: 'plant' | 'animal' | null
      layers: { name: string; thickness?: number }[] | null
      genuine: boolean | null
      origin: { country: string; spot?: { north: number; east: number; hint?: string } }
    }
  > = true
  t.ok(user && book && status && specimen)
})

t.test('the values of a resource may lack the optional ones', async t => {
  const values: Same<Values<(typeof guests)['fields']['properties']>['plus_ones'], number> = true
  const least: Values<(typeof users)['fields']['properties']> = {
    username: 'ada',
    created_at: '2026-01-01T00:00:00Z',
  }
  t.ok(values && least)
})

t.test('options name fields that there are, and hooks and routes know the row', async t => {
  const fields = Type.Object({ title: Type.String({ maxLength: 50 }), size: Type.Integer() })
  const base = { description: 'Pages' }
  // @ts-expect-error there is no such field
  resource('pages', fields, { ...base, unique: ['titel'] })
  // @ts-expect-error there is no such field
  resource('pages', fields, { ...base, unique: [['title', 'titel']] })
  // @ts-expect-error there is no such field
  resource('pages', fields, { ...base, parent: 'book' })
  // @ts-expect-error there is no such field
  resource('pages', fields, { ...base, key: 'code' })
  // @ts-expect-error there is no such field
  resource('pages', fields, { ...base, listed: ['id', 'titel'] })
  // @ts-expect-error a sample has the members of the fields
  resource('pages', fields, { ...base, sample: [{ title: 1 }] })
  // @ts-expect-error a hook before the write changes members of the row
  resource('pages', fields, { ...base, hooks: { beforeWrite: () => ({ titel: 'x' }) } })
  // @ts-expect-error a hook before the write is synchronous
  resource('pages', fields, { ...base, hooks: { beforeWrite: async () => ({ title: 'x' }) } })
  const pages = resource('pages', fields, {
    ...base,
    listed: ['id', 'title'],
    hooks: {
      beforeWrite: ({ before, after }) => after && { size: (before?.id ?? 0) + after.title.length },
    },
  })
  t.ok(Object.isFrozen(pages))
  t.equal(pages.name, 'pages')
})

t.test('the fields of common use', async t => {
  const plain = (schema: object) => JSON.parse(JSON.stringify(schema))
  t.strictSame(plain(Enum(['s', 'm'], { default: 's' })), {
    type: 'string',
    enum: ['s', 'm'],
    default: 's',
  })
  t.strictSame(plain(Line({ maxLength: 9 })), {
    type: 'string',
    maxLength: 9,
    pattern: '^[^\\x00-\\x1F\\x7F]*$',
  })
  t.strictSame(plain(CreatedAt()), {
    type: 'string',
    description: 'When it was created',
    format: 'date-time',
    readOnly: true,
    made: 'createdAt',
  })
  t.strictSame(plain(MinorUnits({ minimum: 0 })), {
    type: 'integer',
    description: 'In the minor unit of the currency',
    minimum: 0,
  })
  t.strictSame(plain(Currency()), {
    type: 'string',
    description: 'ISO 4217 code',
    examples: ['EUR'],
    pattern: '^[A-Z]{3}$',
    minLength: 3,
    maxLength: 3,
  })
})
