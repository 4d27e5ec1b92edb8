// Random worlds of resources: what their definitions are, and which values their rows have. Fields and resources have
// numbers that outlive their names, and a world is plain data, so that another process can be given it.

import { type TProperties, type TSchema, Type } from '@sinclair/typebox'
import type { Json } from '../../src/resource/field.ts'
import {
  Computed,
  CreatedAt,
  Decimal,
  Enum,
  From,
  Json as JsonField,
  type OnDelete,
  Password,
  Ref,
  Refs,
  type Resource,
  Uuid,
} from '../../src/resource/resource.ts'
import { define } from './definitions.ts'
import type { Random } from './random-definitions.ts'

export type KindOfField = keyof typeof schemas

export interface FieldOfWorld {
  readonly id: number
  readonly name: string
  readonly kind: KindOfField
  readonly optional: boolean
  /** The longest text, or the largest number. */
  readonly limit: number
  readonly default?: Json
  /** The number of the resource that it refers to. */
  readonly target?: number
  /** Whether rows are also served below those that they refer to. */
  readonly isParent?: boolean
  /** What becomes of the row, or of its list of keys, when one that it refers to is deleted; that is refused otherwise. */
  readonly onDelete?: OnDelete | 'remove'
  /** The number of the reference and of the field of the row that it refers to, whose value this one has. */
  readonly from?: readonly [reference: number, field: number]
  /** Whether it cannot be changed after creation. */
  readonly fixed?: boolean
  /** Of a text. */
  readonly format?: Format
}

export interface ResourceOfWorld {
  readonly id: number
  readonly name: string
  readonly fields: readonly FieldOfWorld[]
  /** Fields that no definition has any more; their columns are left. */
  readonly gone: readonly FieldOfWorld[]
  /** The number of the field that is the key; the server makes one where there is none. */
  readonly key?: number
  /** Numbers of fields. */
  readonly unique: readonly number[]
  readonly index: readonly number[]
  readonly search: readonly number[]
  /** Whether what is searched has a language. */
  readonly isEnglish: boolean
  /** Sets that are unique together. */
  readonly pairs: readonly (readonly number[])[]
  readonly keepDeleted: boolean
  /** Whether deleted rows that are kept can be restored, and whether they are deleted for good later. */
  readonly restores: boolean
  readonly keepsFor: boolean
  readonly owner: boolean
  /** Whether rows have a member that is computed. */
  readonly computes: boolean
  /** Whether no definition has it any more; its table is left. */
  readonly isGone: boolean
}

export type World = readonly ResourceOfWorld[]

/** By the numbers of the fields; a reference is the number of a row. What the server sets is missing until it is known. */
export type Values = ReadonlyMap<number, Json>

type Format = keyof typeof formats

export const pick = <T>(random: Random, values: readonly T[]): T =>
  values[Math.floor(random() * values.length)] as T

export const ownKinds = [
  'text',
  'integer',
  'number',
  'decimal',
  'boolean',
  'list',
  'object',
  'json',
  'words',
] as const

/** What the server sets, and how its values are told. */
const made: Readonly<Partial<Record<KindOfField, RegExp>>> = {
  created: /^\d{4}-\d\d-\d\dT[\d:.]+Z$/,
  uuid: /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
}

export const isMade = ({ kind }: FieldOfWorld): boolean => made[kind] !== undefined

/** Whether callers say its value. */
export const isSent = (field: FieldOfWorld): boolean => !isMade(field) && field.kind !== 'from'

export const isMadeValue = ({ kind }: FieldOfWorld, value: unknown): boolean =>
  typeof value === 'string' && made[kind]?.test(value) === true

let last = 0
export const nextNumber = () => ++last

export const served = (world: World): World => world.filter(({ isGone }) => !isGone)

export function randomWorld(random: Random): World {
  last = 0
  const world: ResourceOfWorld[] = []
  for (let count = 2 + Math.floor(random() * 2); count > 0; count--) {
    const id = nextNumber()
    const fields = Array.from({ length: 2 + Math.floor(random() * 3) }, () =>
      randomField(random, pick(random, [...ownKinds, 'text', 'created', 'uuid'])),
    )
    const [target] = world
    if (target && random() < 0.7) fields.push(randomReference(random, target))
    world.push(randomResource(random, { id, fields }))
  }
  return world
}

/** Some have a key that the server makes as a UUID. */
export function randomResource(
  random: Random,
  { id, fields }: Pick<ResourceOfWorld, 'id' | 'fields'>,
): ResourceOfWorld {
  const key = random() < 0.1 ? fields.find(({ kind }) => kind === 'uuid')?.id : undefined
  return {
    id,
    name: `things${id}`,
    fields,
    ...(key !== undefined && { key }),
    gone: [],
    unique: [],
    index: [],
    search: [],
    isEnglish: random() < 0.5,
    pairs: [],
    keepDeleted: random() < 0.2,
    restores: random() < 0.5,
    keepsFor: random() < 0.3,
    owner: random() < 0.2,
    computes: random() < 0.1,
    isGone: false,
  }
}

export function randomReference(random: Random, target: ResourceOfWorld): FieldOfWorld {
  const field = { ...randomField(random, 'reference'), target: target.id }
  const onDelete = random() < 0.3 && { onDelete: pick(random, ['null', 'cascade'] as const) }
  return { ...field, isParent: random() < 0.3, ...onDelete }
}

export function randomField(random: Random, kind: KindOfField): FieldOfWorld {
  const id = nextNumber()
  const optional = kind === 'reference' || (made[kind] === undefined && random() < 0.5)
  const format = kind === 'text' && random() < 0.2 && { format: pick(random, formatNames) }
  return { id, name: `f${id}`, kind, optional, limit: pick(random, [20, 100]), ...format }
}

function searchOf(
  { search, isEnglish }: ResourceOfWorld,
  named: (id: number) => string | undefined,
) {
  if (search.length === 0) return {}
  const fields = search.map(named)
  return { search: isEnglish ? { fields, language: 'english' } : fields }
}

export function toResources(world: World): readonly Resource[] {
  return served(world).map(resource => {
    const { name, fields, unique, index, pairs, key, keepDeleted, owner } = resource
    const named = (id: number) => fields.find(field => field.id === id)?.name
    const properties: TProperties = Object.fromEntries(
      fields.map(field => [field.name, toSchema(world, field)]),
    )
    const options = {
      unique: [...unique.map(named), ...pairs.map(pair => pair.map(named))],
      index: index.map(named),
      ...searchOf(resource, named),
      parent: fields.flatMap(({ isParent, name }) => (isParent ? [name] : [])),
      keepDeleted,
      ...(keepDeleted && resource.restores && { restore: true }),
      ...(keepDeleted && resource.keepsFor && { keepFor: '90d' }),
      owner,
      ...(resource.computes && { computed: { seven: Computed(Type.Integer(), () => 7) } }),
      ...(key !== undefined && { key: named(key) }),
    }
    return define(name, properties, options).resource
  })
}

function toSchema(world: World, field: FieldOfWorld): TSchema {
  const schema = field.fixed
    ? { ...kindSchema(world, field), fixed: true }
    : kindSchema(world, field)
  if (field.default !== undefined) return { ...schema, default: field.default } as TSchema
  return field.optional ? Type.Optional(schema) : schema
}

function kindSchema(world: World, field: FieldOfWorld): TSchema {
  if (field.from !== undefined) {
    const [reference, member] = field.from.map(id => fieldOf(world, id)?.name ?? 'nothing')
    return From(reference ?? '', member ?? '') as unknown as TSchema
  }
  const target = world.find(({ id }) => id === field.target)
  if (target === undefined) return ownSchema(field)
  const options = field.onDelete === undefined ? {} : { onDelete: field.onDelete }
  return field.kind === 'keys'
    ? Refs(target.name, options as object)
    : Ref(target.name, options as object)
}

export function fieldOf(world: World, id: number): FieldOfWorld | undefined {
  return world.flatMap(({ fields }) => fields).find(field => field.id === id)
}

function ownSchema({ kind, limit, format }: FieldOfWorld): TSchema {
  return format === undefined ? schemas[kind](limit) : Type.String({ format })
}

const schemas = {
  text: (limit: number) => Type.String({ minLength: 1, maxLength: limit }),
  integer: (limit: number) => Type.Integer({ minimum: 0, maximum: limit }),
  decimal: () => Decimal(10, 2),
  number: (limit: number) => Type.Number({ minimum: 0, maximum: limit }),
  boolean: () => Type.Boolean(),
  list: () => Type.Array(Type.String({ maxLength: 20 })),
  object: () => Type.Object({ a: Type.Integer(), b: Type.Optional(Type.String({ maxLength: 9 })) }),
  json: () => JsonField() as TSchema,
  words: () => Type.Array(Enum([...'abcdefghi'])),
  password: () => Password(),
  reference: () => Type.Integer(),
  keys: () => Type.Integer(),
  from: () => Type.Integer(),
  created: () => CreatedAt(),
  uuid: () => Uuid(),
} as const satisfies Readonly<Record<string, (limit: number) => TSchema>>

const formats = {
  date: (digit: number) => `2026-01-0${digit + 1}`,
  'date-time': (digit: number) => `2026-01-0${digit + 1}T00:00:00.000Z`,
  email: (digit: number) => `a${digit}@example.com`,
  uuid: (digit: number) => `0000000${digit}-0000-4000-8000-000000000000`,
} as const

export const formatNames = Object.keys(formats) as readonly Format[]

/** A value that every limit allows; few of them, so that rows meet. */
export function randomValue(
  random: Random,
  { kind, format }: Pick<FieldOfWorld, 'kind' | 'format'>,
): Json {
  const digit = Math.floor(random() * 9)
  if (format !== undefined) return formats[format](digit)
  if (kind === 'text') return `${digit}`
  if (kind === 'number') return digit + 0.5
  if (kind === 'decimal') return `${digit}.50`
  if (kind === 'boolean') return digit > 4
  if (kind === 'list') return [`${digit}`]
  if (kind === 'object') return { a: digit }
  if (kind === 'json') return digit > 4 ? { a: digit } : [digit]
  if (kind === 'words') return ['abcdefghi'.charAt(digit)]
  if (kind === 'password') return `password ${digit}`
  return digit
}

/** Of a text that is a key: there are more of them. */
export const randomKey = (random: Random): Json => `${Math.floor(random() * 20)}`
