// Random worlds of resources and random changes of them: the definitions, what is said to `migrate new`, and what becomes
// of a row. Fields and resources have numbers that outlive their names.

import { type TProperties, type TSchema, Type } from '@sinclair/typebox'
import type { Json } from '../../src/resource/field.ts'
import type { Resource } from '../../src/resource/resource.ts'
import { define } from './definitions.ts'
import type { Random } from './random-definitions.ts'

type KindOfField = 'text' | 'integer' | 'number' | 'boolean' | 'list' | 'object' | 'reference'

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
}

export interface ResourceOfWorld {
  readonly id: number
  readonly name: string
  readonly fields: readonly FieldOfWorld[]
  /** Numbers of fields. */
  readonly unique: readonly number[]
  readonly index: readonly number[]
  readonly keepDeleted: boolean
}

export type World = readonly ResourceOfWorld[]

/** By the numbers of the fields. */
export type Values = ReadonlyMap<number, Json>

export interface Step {
  readonly what: string
  readonly world: World
  readonly said: Readonly<Record<string, readonly string[]>>
  /** What becomes of the rows of one resource, where they change. */
  readonly changed?: number
  readonly row?: (values: Values) => Values
}

export const pick = <T>(random: Random, values: readonly T[]): T =>
  values[Math.floor(random() * values.length)] as T

const own: readonly KindOfField[] = ['text', 'integer', 'number', 'boolean', 'list', 'object']

let last = 0
const next = () => ++last

export function randomWorld(random: Random): World {
  const world: ResourceOfWorld[] = []
  for (let count = 2 + Math.floor(random() * 2); count > 0; count--) {
    const id = next()
    const fields = Array.from({ length: 2 + Math.floor(random() * 3) }, () =>
      randomField(random, pick(random, own)),
    )
    const [target] = world
    if (target && random() < 0.7)
      fields.push({ ...randomField(random, 'reference'), target: target.id })
    world.push({
      id,
      name: `things${id}`,
      fields,
      unique: [],
      index: [],
      keepDeleted: random() < 0.2,
    })
  }
  return world
}

function randomField(random: Random, kind: KindOfField): FieldOfWorld {
  const id = next()
  const optional = kind === 'reference' || random() < 0.5
  return { id, name: `f${id}`, kind, optional, limit: pick(random, [20, 100]) }
}

export function toResources(world: World): readonly Resource[] {
  return world.map(({ name, fields, unique, index, keepDeleted }) => {
    const named = (id: number) => fields.find(field => field.id === id)?.name
    const references = Object.fromEntries(
      fields
        .filter(({ target }) => target !== undefined)
        .map(field => [world.find(({ id }) => id === field.target)?.name, field.name]),
    )
    const properties: TProperties = Object.fromEntries(
      fields.map(field => [field.name, toSchema(field)]),
    )
    const options = { unique: unique.map(named), index: index.map(named), references, keepDeleted }
    return define(name, properties, options).resource
  })
}

function toSchema(field: FieldOfWorld): TSchema {
  const schema = { ...schemas[field.kind](field.limit) }
  if (field.default !== undefined) return { ...schema, default: field.default } as TSchema
  return field.optional ? Type.Optional(schema) : schema
}

const schemas: Readonly<Record<KindOfField, (limit: number) => TSchema>> = {
  text: limit => Type.String({ maxLength: limit }),
  integer: limit => Type.Integer({ minimum: 0, maximum: limit }),
  number: limit => Type.Number({ minimum: 0, maximum: limit }),
  boolean: () => Type.Boolean(),
  list: () => Type.Array(Type.String({ maxLength: 20 })),
  object: () => Type.Object({ a: Type.Integer(), b: Type.Optional(Type.String({ maxLength: 9 })) }),
  reference: () => Type.Integer({ minimum: 1 }),
}

/** A value that every limit allows; few of them, so that rows meet. */
export function randomValue(random: Random, kind: KindOfField): Json {
  const number = Math.floor(random() * 9)
  if (kind === 'text') return `${number}`
  if (kind === 'number') return number + 0.5
  if (kind === 'boolean') return number > 4
  if (kind === 'list') return [`${number}`]
  if (kind === 'object') return { a: number }
  return number
}

type Change = (random: Random, world: World, at: ResourceOfWorld) => Step | undefined

/** A step, or nothing where the change that was drawn does not apply. */
export function randomStep(random: Random, world: World): Step | undefined {
  return pick(random, changes)(random, world, pick(random, world))
}

function replaced(world: World, at: ResourceOfWorld, change: Partial<ResourceOfWorld>): World {
  return world.map(resource => (resource === at ? { ...resource, ...change } : resource))
}

function withField(world: World, at: ResourceOfWorld, field: FieldOfWorld): World {
  const isThere = at.fields.some(({ id }) => id === field.id)
  const fields = isThere
    ? at.fields.map(other => (other.id === field.id ? field : other))
    : [...at.fields, field]
  return replaced(world, at, { fields })
}

/** A field that fits, with what is made of it. */
function alter(
  isFit: (field: FieldOfWorld, at: ResourceOfWorld) => boolean,
  make: (
    random: Random,
    field: FieldOfWorld,
    at: ResourceOfWorld,
  ) => Omit<Step, 'world'> & { field: FieldOfWorld },
): Change {
  return (random, world, at) => {
    const fit = at.fields.filter(field => isFit(field, at))
    if (fit.length === 0) return undefined
    const { field, ...step } = make(random, pick(random, fit), at)
    return { ...step, world: withField(world, at, field), changed: at.id }
  }
}

const set = (id: number, value: Json) => (values: Values) => new Map([...values, [id, value]])
const shown = (value: Json) => (typeof value === 'string' ? value : JSON.stringify(value))
const isFree = ({ id }: FieldOfWorld, { unique, index }: ResourceOfWorld) =>
  !unique.includes(id) && !index.includes(id)

function convert(from: KindOfField, to: KindOfField, toValue: (value: Json) => Json): Change {
  return alter(
    (field, at) =>
      field.kind === from && field.default === undefined && (to !== 'list' || isFree(field, at)),
    (_, field) => ({
      what: `${from} to ${to}`,
      field: { ...field, kind: to },
      said: {},
      row: values => {
        const value = values.get(field.id) ?? null
        return value === null ? values : set(field.id, toValue(value))(values)
      },
    }),
  )
}

const changes: readonly Change[] = [
  (random, world, at) => {
    const field = { ...randomField(random, pick(random, own)), optional: true }
    return { what: 'optional field', world: withField(world, at, field), said: {} }
  },
  (random, world, at) => {
    const kind = pick(random, ['text', 'integer', 'number', 'boolean'] as const)
    const value = randomValue(random, kind)
    const field = { ...randomField(random, kind), optional: false, default: value }
    const row = set(field.id, value)
    return {
      what: 'field with default',
      world: withField(world, at, field),
      said: {},
      changed: at.id,
      row,
    }
  },
  (random, world, at) => {
    const field = { ...randomField(random, pick(random, own)), optional: false }
    const value = randomValue(random, field.kind)
    const said = { fill: [`${at.name}.${field.name}=${shown(value)}`] }
    const row = set(field.id, value)
    return { what: 'required field', world: withField(world, at, field), said, changed: at.id, row }
  },
  alter(
    () => true,
    (_, field, at) => {
      const name = `f${next()}`
      return {
        what: 'field renamed',
        field: { ...field, name },
        said: { rename: [`${at.name}.${field.name}=${name}`] },
      }
    },
  ),
  (_, world, at) => {
    const name = `things${next()}`
    return {
      what: 'resource renamed',
      world: replaced(world, at, { name }),
      said: { rename: [`${at.name}=${name}`] },
    }
  },
  (_, world, at) => {
    const [field, ...fields] = at.fields.filter(field => isFree(field, at))
    const rest = at.fields.filter(other => other !== field)
    if (field === undefined || fields.length === 0) return undefined
    return { what: 'field gone', world: replaced(world, at, { fields: rest }), said: {} }
  },
  alter(
    ({ optional }) => !optional,
    (_, field) => {
      const { default: _default, ...rest } = field
      return { what: 'field optional', field: { ...rest, optional: true }, said: {} }
    },
  ),
  alter(
    ({ optional, target }) => optional && target === undefined,
    (random, field, at) => {
      const value = randomValue(random, field.kind)
      return {
        what: 'field required',
        field: { ...field, optional: false },
        said: { fill: [`${at.name}.${field.name}=${shown(value)}`] },
        row: values =>
          (values.get(field.id) ?? null) === null ? set(field.id, value)(values) : values,
      }
    },
  ),
  alter(
    ({ kind }) => ['text', 'integer', 'number'].includes(kind),
    (random, field) => ({
      what: 'limit',
      field: { ...field, limit: pick(random, [20, 60, 100]) },
      said: {},
    }),
  ),
  (random, world, at) => {
    const fit = at.fields.filter(({ kind }) => ['text', 'integer'].includes(kind))
    if (fit.length === 0) return undefined
    const { id } = pick(random, fit)
    const option = pick(random, ['unique', 'index'] as const)
    const list = at[option].includes(id)
      ? at[option].filter(other => other !== id)
      : [...at[option], id]
    return { what: option, world: replaced(world, at, { [option]: list }), said: {} }
  },
  (_, world, at) => ({
    what: 'keepDeleted',
    world: replaced(world, at, { keepDeleted: !at.keepDeleted }),
    said: {},
  }),
  convert('integer', 'text', value => String(value)),
  convert('text', 'integer', value => Number(value)),
  convert('boolean', 'text', value => String(value)),
  convert('boolean', 'integer', value => Number(value)),
  convert('text', 'list', value => [value]),
  convert('integer', 'number', value => value),
  (random, world, at) => {
    const target = world.find(({ id }) => id < at.id)
    if (target === undefined || at.fields.some(field => field.target === target.id))
      return undefined
    const field = { ...randomField(random, 'reference'), target: target.id }
    return { what: 'field that refers', world: withField(world, at, field), said: {} }
  },
]
