// Random definitions: names that somebody keeps for themselves, every kind and option, relations; some of them wrong.

import { type TProperties, type TSchema, Type } from '@sinclair/typebox'
import type { DefinedResource } from '../../src/resource/model.ts'
import { onDeletes, onRemovals } from '../../src/resource/reference.ts'
import {
  action,
  Computed,
  CreatedAt,
  CreatedBy,
  Currency,
  Decimal,
  Enum,
  From,
  Json,
  Line,
  MinorUnits,
  Owner,
  Password,
  Ref,
  Refs,
  sql,
  UpdatedAt,
  Uuid,
  view,
} from '../../src/resource/resource.ts'
import { usualOperations } from '../../src/resource/usual-operations.ts'
import { define } from './definitions.ts'

const words = (text: string) => text.trim().split(/\s+/)

const fieldNames = [
  ...words(`select order group table user default check primary references null true false values index where from to end
    begin offset all and or not in is like between case when then else union join on using natural left cross column
    constraint foreign key row rows grant analyze collate desc asc only window current_date session_user rowid oid ctid
    xmin timestamp date time interval text integer json abort plan glob replace rename trigger view without strict`),
  ...words(
    `constructor toString valueOf hasOwnProperty isPrototypeOf prototype length name toJSON __proto__ __defineGetter__`,
  ),
  ...words(`yes no y n off nan NaN inf Infinity undefined`),
  ...words(`class function var let const new delete return import export package interface enum await async yield static
    public private abstract final int float double long char boolean byte string object self None True def lambda pass del
    global with as assert except raise try type func chan go map range defer struct model_ field_dict to_dict additional_properties`),
  ...words(
    `sort fields cursor q limit prefer id ID _rev _owner count error status value size_gte size size_is_null`,
  ),
  ...words(
    `firstName first_name FirstName userID größe 名前 a-b a.b 1a ${'n'.repeat(50)} ${'n'.repeat(51)}`,
  ),
  'a b',
  '',
]

const resourceNames = [
  ...words(`orders order-items order_items users user tables groups select order constructor tostring true null yes on off
    classes responses strings objects docs openapi keys key_secrets idempotency_records v1 health livez readyz metrics pg_class
    pg-things sqlite_things _x Books größen a--b a_ problems news data series people children statuses event-types event_types
    movies books readers lists maps sets values views tests errors files dates types apis clients models services books-archive
    book-creations ${'a'.repeat(40)} ${'a'.repeat(41)} linksets links selections patches b c2 x-y_z where rows columns`),
  '',
  'a b',
]

export type Random = () => number

/** The same numbers for the same seed (mulberry32). */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const pick = <T>(random: Random, values: readonly T[]): T =>
  values[Math.floor(random() * values.length)] as T
const chance = (random: Random, share: number) => random() < share
const some = <T>(random: Random, values: readonly T[], share: number) =>
  values.filter(() => chance(random, share))

const enumWords = [
  'yes',
  'no',
  'NO',
  'null',
  'true',
  '1',
  '01',
  '1.0',
  'a b',
  'a-b',
  'a_b',
  '+',
  '-',
  '=',
  '~',
  "it's",
  'größe',
  '2024-01-01',
  '',
]

const kinds: ((random: Random) => TSchema)[] = [
  random => Type.String({ maxLength: pick(random, [1, 5, 40, 500, 501, 65_536]) }),
  random =>
    Type.String({
      minLength: pick(random, [0, 1, 3]),
      maxLength: 30,
      description: pick(random, ['yes', 'a: b', '# c', '']),
    }),
  random => Type.String({ format: pick(random, ['date', 'date-time', 'email', 'uri', 'uuid']) }),
  () => Type.String({ pattern: '^[A-Z]{2}$', examples: ['AB', 'XY'] }),
  () => Line({ maxLength: 50 }),
  () => Type.String(),
  random =>
    Enum([...new Set([pick(random, enumWords), pick(random, enumWords), pick(random, enumWords)])]),
  random =>
    Type.Integer({ minimum: pick(random, [-5, 0, 1]), maximum: pick(random, [9, 1000, 2 ** 40]) }),
  () => Type.Integer(),
  random => Type.Number({ minimum: pick(random, [-1, 0, 0.5]) }),
  () => Type.Number({ multipleOf: 0.01 }),
  () => Type.Boolean(),
  () => Type.Array(Type.String({ maxLength: 9 })),
  () =>
    Type.Array(Type.Object({ a: Type.Integer(), on: Type.Optional(Type.Boolean()) }), {
      minItems: 1,
    }),
  random =>
    Type.Object({
      [pick(random, fieldNames) || 'a']: Type.String(),
      b: Type.Optional(Type.Number()),
    }),
  () => CreatedAt(),
  () => UpdatedAt(),
  () => CreatedBy(),
  random => Owner(pick(random, [{}, {}, { scope: { read: 'things:admin' } }, { fixed: true }])),
  () => Uuid(),
  () => Type.Integer({ fixed: true }),
  () => Type.Integer({ scope: 'things:secret' }),
  random =>
    Type.String({ maxLength: 20, scope: { [pick(random, ['read', 'write'])]: 'things:admin' } }),
  () => Type.String({ writeOnly: true, maxLength: 20 }),
  () => Password(),
  random => Decimal(pick(random, [3, 10, 15]), pick(random, [0, 2, 3])),
  () => Decimal(10, 2, { minimum: 0, default: '0.00' }),
  () => Enum(['a', 'b'], { default: 'a', readOnly: true }),
  () => Currency(),
  () => MinorUnits({ minimum: 0 }),
  () => Json(),
  () => Type.Array(Enum(['a', 'b'])),
]

const wrongKinds: ((random: Random) => TSchema)[] = [
  () => Type.Null(),
  () => Type.Any(),
  () => Type.String({ maxlength: 4 }),
  random => Type.String({ scope: pick(random, ['', 'secret', { reads: 'a:b' }, {}, true]) }),
  () => Type.Integer({ minimum: 5, examples: [1] }),
  () => Type.String({ pattern: '[' }),
  () => Type.String({ pattern: '^[0-9]+$' }),
  () => Type.String({ format: 'time' }),
  () => Type.Union([Type.Literal('a'), Type.Literal('b')]),
  () => Type.Record(Type.String(), Type.String()),
  () => Type.Date(),
  () => Type.Integer({ readOnly: true }),
  () => Enum([]),
]

function randomField(random: Random): TSchema {
  const schema = chance(random, 0.03)
    ? pick(random, wrongKinds)(random)
    : pick(random, kinds)(random)
  const isReadOnly = schema.readOnly === true
  if (!isReadOnly && chance(random, 0.3)) return Type.Optional(schema)
  return !isReadOnly && schema.type === 'boolean' && chance(random, 0.5)
    ? { ...schema, default: true }
    : schema
}

/** `others`: the resources that it may refer to. */
export function randomDefinition(
  random: Random,
  others: readonly DefinedResource[],
): DefinedResource {
  const fields: TProperties = {}
  for (let count = 1 + Math.floor(random() * 6); count > 0; count--)
    fields[pick(random, fieldNames)] = randomField(random)
  const own = Object.keys(fields)
  const options: Record<string, unknown> = {}
  if (chance(random, 0.25)) {
    options.key = pick(random, ['code', 'slug', 'name', 'key', 'true', 'order'])
    fields[String(options.key)] = pick(random, [
      Type.String({ minLength: 1, maxLength: 20 }),
      Type.Integer(),
      Uuid(),
    ])
  }
  addRelations(random, { fields, options, others })
  addOptions(random, options, own)
  const texts = own.filter(name => fields[name]?.type === 'string' && !fields[name].writeOnly)
  if (texts.length > 0 && chance(random, 0.3)) {
    const fields = [pick(random, texts), ...some(random, own, 0.02)]
    options.search = chance(random, 0.5) ? fields : { fields, language: 'english' }
  }
  addCode(random, options)
  return define(pick(random, resourceNames), fields, options)
}

/** The same resource, which is created with rows of one that refers to it, if any does. */
export function withRandomChildren(
  random: Random,
  { file, resource }: DefinedResource,
  others: readonly DefinedResource[],
): DefinedResource | undefined {
  const refersHere = ({ refersTo }: TSchema) => refersTo === resource.name
  const referring = others.filter(({ resource: { fields } }) =>
    Object.values(fields.properties).some(refersHere),
  )
  if (referring.length === 0 || chance(random, 0.4)) return undefined
  const { name } = pick(random, referring).resource
  const children = { [pick(random, ['lines', 'parts', 'status', name])]: name }
  return { file, resource: { ...resource, options: { ...resource.options, children } } }
}

interface Draft {
  readonly fields: TProperties
  readonly options: Record<string, unknown>
  readonly others: readonly DefinedResource[]
}

function addRelations(random: Random, { fields, options, others }: Draft): void {
  const parents: string[] = []
  for (let count = Math.floor(random() * 3); count > 0 && others.length > 0; count--) {
    const { name, fields: target } = pick(random, others).resource
    const { properties } = target
    const field = pick(random, [`${name.replaceAll('-', '_')}_id`, 'ref', 'to'])
    const reference = Ref(name, chance(random, 0.3) ? { onDelete: pick(random, onDeletes) } : {})
    fields[field] = chance(random, 0.3) ? Type.Optional(reference) : reference
    if (chance(random, 0.5)) parents.push(field)
    if (chance(random, 0.4)) {
      const from = From(field, pick(random, ['id', ...Object.keys(properties)]))
      fields[pick(random, ['name', 'of_it', 'value'])] = chance(random, 0.7)
        ? Type.Optional(from)
        : from
    }
  }
  if (others.length > 0 && chance(random, 0.15))
    fields[pick(random, ['tags', 'links', 'all_of'])] = Refs(pick(random, others).resource.name, {
      onDelete: pick(random, onRemovals),
      maxItems: pick(random, [1, 5, 1000]),
    })
  const references = Object.keys(fields).filter(name => fields[name]?.refersTo !== undefined)
  if (chance(random, 0.15))
    options.visible = pick(random, [
      () => sql`0 = 0`,
      () => ({ [pick(random, Object.keys(fields))]: null }),
      () => true,
      ...references,
    ])
  if (parents.length > 0) options.parent = parents.length === 1 ? parents[0] : parents
}

/** Code that does little: its names, its addresses and its place in the document are what is tried. */
function addCode(random: Random, options: Record<string, unknown>): void {
  if (chance(random, 0.15)) options.hooks = pick(random, hooks)
  const names = [...words('close mark-read export close2 delete new order'), 'select']
  if (chance(random, 0.15))
    options.actions = Object.fromEntries(
      some(random, names, 0.15).map(name => [name, randomAction(random)]),
    )
  if (chance(random, 0.15))
    options.views = Object.fromEntries(
      some(random, names, 0.15).map(name => [name, randomView(random)]),
    )
}

const hooks: readonly object[] = [
  { beforeWrite: () => ({}) },
  { *beforeWrite() {} },
  { *afterWrite() {}, afterCommit: () => {} },
]

function randomAction(random: Random): object {
  const on = pick(random, ['member', 'collection'] as const)
  const body = Type.Object({
    [pick(random, fieldNames) || 'a']: Type.Optional(sentField(random)),
  })
  return action({
    summary: 'Do it',
    on,
    ...(chance(random, 0.5) ? { body } : {}),
    run: () => (on === 'member' ? {} : undefined) as never,
  })
}

/** What callers may send; now and then what they may not. */
function sentField(random: Random): TSchema {
  const schema = pick(random, kinds)(random)
  const isOfRows = ['readOnly', 'made', 'fixed', 'scope'].some(keyword => keyword in schema)
  return isOfRows && chance(random, 0.9) ? sentField(random) : schema
}

function randomView(random: Random): object {
  const on = pick(random, ['member', 'collection'] as const)
  const one = Type.Object({ [pick(random, fieldNames) || 'a']: Type.Optional(Type.Integer()) })
  const isList = chance(random, 0.5)
  const parameters = Type.Object({
    [pick(random, fieldNames) || 'a']: Type.Optional(sentField(random)),
  })
  return view({
    summary: 'See it',
    on,
    ...(chance(random, 0.5) ? { parameters } : {}),
    response: isList ? Type.Array(one) : one,
    run: () => (isList ? [{}] : {}) as never,
  })
}

const computedMembers = [
  Computed(Type.Integer(), () => 7),
  Computed(Type.Optional(Enum(['a', 'b'])), () => null),
  Computed(Type.Array(Line({ maxLength: 60 })), row => Object.keys(row as object).slice(0, 2)),
  Computed(Json(), row => row),
]

function addOptions(
  random: Random,
  options: Record<string, unknown>,
  own: readonly string[],
): void {
  const flags = ['keepDeleted', 'requireIfMatch', 'publicRead', 'owner']
  for (const flag of some(random, flags, 0.1)) options[flag] = true
  if (chance(random, 0.2)) options.unique = [pick(random, own)]
  if (chance(random, 0.1)) options.unique = [[pick(random, own), pick(random, own)]]
  if (chance(random, 0.2)) options.index = some(random, own, 0.4)
  for (const list of some(random, ['listed', 'filterable', 'sortable'], 0.15))
    options[list] = some(random, own, 0.6)
  if (chance(random, 0.1))
    options.singular = pick(random, [
      'thing',
      'item',
      'object',
      'x y',
      'String',
      'über',
      'Book',
      'patch',
    ])
  if (chance(random, 0.1)) options.keepFor = pick(random, ['90d', '1h', '0d', 90])
  if (chance(random, 0.1)) options.restore = true
  if (options.keepFor === '90d' || options.restore === true)
    options.keepDeleted = chance(random, 0.9)
  if (chance(random, 0.1))
    options.table = pick(random, ['tbl_a', 'Tbl B', 'order', 'books', 'pg_x', '_x', 'a.b', ''])
  if (chance(random, 0.1))
    options.columns = {
      [pick(random, own)]: pick(random, ['c', 'C 1', 'order', 'id', '_rev', 'xmin']),
    }
  if (chance(random, 0.1)) options.without = some(random, usualOperations, 0.3)
  if (chance(random, 0.05)) options.nestedOnly = true
  if (chance(random, 0.3)) options.summary = true
  if (chance(random, 0.1)) options.deprecated = { since: '2026-11-01', sunset: '2027-11-01' }
  if (chance(random, 0.1))
    options.computed = { [pick(random, fieldNames)]: pick(random, computedMembers) }
  if (chance(random, 0.03)) options[pick(random, ['uniqe', 'hidden', 'toString'])] = true
}
