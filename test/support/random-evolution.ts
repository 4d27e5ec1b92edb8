// Random changes of a random world: the definitions, what is said to `migrate new`, and what becomes of a row.

import type { Json } from '../../src/resource/field.ts'
import type { Random } from './random-definitions.ts'
import {
  type FieldOfWorld,
  formatNames,
  isSent,
  type KindOfField,
  nextNumber,
  ownKinds,
  pick,
  type ResourceOfWorld,
  randomField,
  randomReference,
  randomResource,
  randomValue,
  served,
  type Values,
  type World,
} from './random-world.ts'

export interface Step {
  readonly what: string
  readonly world: World
  readonly said: Readonly<Record<string, readonly string[]>>
  /** What becomes of the rows of one resource, where they change. */
  readonly changed?: number
  readonly row?: (values: Values) => Values
  /** What may be told to go where rows stand in the way: `things1._owner`. */
  readonly drop?: string
}

type Change = (random: Random, world: World, at: ResourceOfWorld) => Step | undefined

/** A step, or nothing where the change that was drawn does not apply. */
export function randomStep(random: Random, world: World): Step | undefined {
  return pick(random, changes)(random, world, pick(random, served(world)))
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

/** A change of the resource alone. */
function option(
  what: string,
  change: (at: ResourceOfWorld, random: Random) => Partial<ResourceOfWorld> | undefined,
  drop?: string,
): Change {
  return (random, world, at) => {
    const changed = change(at, random)
    if (changed === undefined) return undefined
    const step = { what, world: replaced(world, at, changed), said: {} }
    return drop === undefined ? step : { ...step, drop: `${at.name}.${drop}` }
  }
}

const set = (id: number, value: Json) => (values: Values) => new Map([...values, [id, value]])
const filled = (id: number, value: Json) => (values: Values) =>
  (values.get(id) ?? null) === null ? set(id, value)(values) : values
const shown = (value: Json) => (typeof value === 'string' ? value : JSON.stringify(value))
const isFree = ({ id }: FieldOfWorld, { unique, index, search, pairs, key }: ResourceOfWorld) =>
  ![...unique, ...index, ...search, ...pairs.flat()].includes(id) && id !== key
/** Whether it has values of its own, which callers send and which say nothing of other rows. */
const isOwn = (field: FieldOfWorld, { key }: ResourceOfWorld) =>
  field.id !== key && field.target === undefined && isSent(field)
const isOneOf = ({ kind }: FieldOfWorld, ...kinds: KindOfField[]) => kinds.includes(kind)

interface Conversion {
  readonly from: KindOfField
  readonly to: KindOfField
  readonly toValue: (value: Json) => Json
}

const conversions: readonly Conversion[] = [
  { from: 'integer', to: 'text', toValue: value => String(value) },
  { from: 'text', to: 'integer', toValue: value => Number(value) },
  { from: 'boolean', to: 'text', toValue: value => String(value) },
  { from: 'boolean', to: 'integer', toValue: value => Number(value) },
  { from: 'text', to: 'list', toValue: value => [value] },
  { from: 'integer', to: 'number', toValue: value => value },
  { from: 'list', to: 'json', toValue: value => value },
  { from: 'object', to: 'json', toValue: value => value },
  { from: 'words', to: 'list', toValue: value => value },
]

const isPlain = (field: FieldOfWorld, { from }: Conversion) =>
  field.kind === from && field.default === undefined && field.format === undefined

const converted =
  (id: number, { toValue }: Conversion) =>
  (values: Values) => {
    const value = values.get(id) ?? null
    return value === null ? values : set(id, toValue(value))(values)
  }

const convert = (conversion: Conversion): Change =>
  alter(
    (field, at) =>
      isPlain(field, conversion) &&
      isOwn(field, at) &&
      (conversion.to !== 'list' || isFree(field, at)),
    (_, field) => ({
      what: `${conversion.from} to ${conversion.to}`,
      field: { ...field, kind: conversion.to },
      said: {},
      row: converted(field.id, conversion),
    }),
  )

const isReferring = ({ target }: FieldOfWorld) => target !== undefined
const onDeletes = { reference: ['null', 'cascade'], keys: ['remove'] } as const
const unborrowed: readonly KindOfField[] = ['password', 'keys', 'from']

const changes: readonly Change[] = [
  (random, world, at) => {
    const field = { ...randomField(random, pick(random, ownKinds)), optional: true }
    return { what: 'optional field', world: withField(world, at, field), said: {} }
  },
  (random, world, at) => {
    const kind = pick(random, ['text', 'integer', 'number', 'boolean'] as const)
    const drawn = randomField(random, kind)
    const value = randomValue(random, drawn)
    const field = { ...drawn, optional: false, default: value }
    const row = filled(field.id, value)
    const what = 'field with default'
    return { what, world: withField(world, at, field), said: {}, changed: at.id, row }
  },
  (random, world, at) => {
    const field = { ...randomField(random, pick(random, ownKinds)), optional: false }
    const value = randomValue(random, field)
    const said = { fill: [`${at.name}.${field.name}=${shown(value)}`] }
    const row = set(field.id, value)
    return { what: 'required field', world: withField(world, at, field), said, changed: at.id, row }
  },
  // Hashes take their time, so there are few.
  (random, world, at) => {
    const field = randomField(random, 'password')
    const step = { what: 'password', world: withField(world, at, field) }
    if (field.optional) return { ...step, said: {} }
    const said = { fill: [`${at.name}.${field.name}=password`] }
    return { ...step, said, changed: at.id, row: set(field.id, 'password') }
  },
  (random, world, at) => {
    const field = randomField(random, pick(random, ['created', 'uuid'] as const))
    return { what: 'field of the server', world: withField(world, at, field), said: {} }
  },
  option('field back', (at, random) => {
    if (at.gone.length === 0) return undefined
    const { default: _default, ...field } = pick(random, at.gone)
    const gone = at.gone.filter(({ id }) => id !== field.id)
    return { fields: [...at.fields, { ...field, optional: true }], gone }
  }),
  (random, world, at) => {
    const field = at.gone.find(one => conversions.some(conversion => isPlain(one, conversion)))
    if (field === undefined) return undefined
    const conversion = pick(
      random,
      conversions.filter(one => isPlain(field, one)),
    )
    const back = { ...field, kind: conversion.to, optional: true }
    const gone = at.gone.filter(other => other !== field)
    return {
      what: `field back, ${conversion.from} to ${conversion.to}`,
      world: replaced(world, at, { fields: [...at.fields, back], gone }),
      said: {},
      changed: at.id,
      row: converted(field.id, conversion),
    }
  },
  alter(
    () => true,
    (_, field, at) => {
      const name = `f${nextNumber()}`
      return {
        what: 'field renamed',
        field: { ...field, name },
        said: field.kind !== 'from' ? { rename: [`${at.name}.${field.name}=${name}`] } : {},
      }
    },
  ),
  (_, world, at) => {
    const name = `things${nextNumber()}`
    return {
      what: 'resource renamed',
      world: replaced(world, at, { name }),
      said: { rename: [`${at.name}=${name}`] },
    }
  },
  option('field gone', (at, random) => {
    const free = at.fields.filter(field => isFree(field, at) && isSent(field))
    if (free.length < 2) return undefined
    const field = pick(random, free)
    return { fields: at.fields.filter(other => other !== field), gone: [...at.gone, field] }
  }),
  (random, world, at) => {
    const id = nextNumber()
    const kinds = [
      'text',
      pick(random, ownKinds),
      pick(random, ['created', 'uuid'] as const),
    ] as const
    const fields = kinds.map(kind => randomField(random, kind))
    const made = randomResource(random, {
      id,
      fields: [...fields, randomReference(random, at)],
    })
    return { what: 'resource', world: [...world, made], said: {} }
  },
  (_, world, at) => {
    const isReferred = world.some(({ fields, gone }) =>
      [...fields, ...gone].some(({ target }) => target === at.id),
    )
    if (isReferred || served(world).length < 3) return undefined
    return { what: 'resource gone', world: replaced(world, at, { isGone: true }), said: {} }
  },
  (_, world) => {
    const gone = world.find(({ isGone }) => isGone)
    if (gone === undefined) return undefined
    return { what: 'resource back', world: replaced(world, gone, { isGone: false }), said: {} }
  },
  alter(
    (field, at) => !field.optional && isOwn(field, at),
    (_, field) => {
      const { default: _default, ...rest } = field
      return { what: 'field optional', field: { ...rest, optional: true }, said: {} }
    },
  ),
  alter(
    (field, at) => field.optional && isOwn(field, at),
    (random, field, at) => {
      const value = randomValue(random, field)
      return {
        what: 'field required',
        field: { ...field, optional: false },
        said: { fill: [`${at.name}.${field.name}=${shown(value)}`] },
        row: filled(field.id, value),
      }
    },
  ),
  alter(
    (field, at) =>
      isOwn(field, at) && isOneOf(field, 'text', 'integer', 'number', 'boolean') && !field.optional,
    (random, field) => ({
      what: 'other default',
      field: { ...field, default: randomValue(random, field) },
      said: {},
    }),
  ),
  alter(
    (field, at) =>
      isOwn(field, at) && isOneOf(field, 'text', 'integer', 'number', 'boolean') && field.optional,
    (random, field) => {
      const value = randomValue(random, field)
      const row = filled(field.id, value)
      const field_ = { ...field, optional: false, default: value }
      return { what: 'optional field with default', field: field_, said: {}, row }
    },
  ),
  alter(
    (field, at) => isOwn(field, at) && isOneOf(field, 'text') && field.default === undefined,
    (random, field, { key }) => {
      const { format, ...rest } = field
      const other = { ...rest, format: pick(random, formatNames) }
      const isFormatted = format !== undefined || field.id === key
      return { what: 'format', field: isFormatted ? rest : other, said: {} }
    },
  ),
  alter(
    field => isOneOf(field, 'text', 'integer', 'number'),
    (random, field) => ({
      what: 'limit',
      field: { ...field, limit: pick(random, [20, 60, 100]) },
      said: {},
    }),
  ),
  ...(['unique', 'index'] as const).map(name =>
    option(name, (at, random) => {
      const fit = at.fields.filter(field => isOneOf(field, 'text', 'integer') && isOwn(field, at))
      if (fit.length === 0) return undefined
      const { id } = pick(random, fit)
      const isThere = at[name].includes(id)
      return { [name]: isThere ? at[name].filter(other => other !== id) : [...at[name], id] }
    }),
  ),
  option('search', ({ search, fields }, random) => {
    const fit = fields.filter(field => field.kind === 'text' && field.from === undefined)
    if (search.length > 0 && random() < 0.5) return { search: [] }
    return fit.length === 0 ? undefined : { search: [pick(random, fit).id] }
  }),
  option('language', ({ search, isEnglish }) =>
    search.length === 0 ? undefined : { isEnglish: !isEnglish },
  ),
  option('unique together', ({ pairs, fields }, random) => {
    if (pairs.length > 0) return { pairs: [] }
    const [one, other] = fields
      .filter(field => isOneOf(field, 'text', 'integer', 'boolean', 'decimal', 'reference'))
      .toSorted(() => random() - 0.5)
    return one && other && { pairs: [[one.id, other.id]] }
  }),
  option('keepDeleted', ({ keepDeleted }) => ({ keepDeleted: !keepDeleted }), '_deleted_at'),
  option('restore', ({ restores, keepDeleted }) =>
    keepDeleted ? { restores: !restores } : undefined,
  ),
  option('keepFor', ({ keepsFor, keepDeleted }) =>
    keepDeleted ? { keepsFor: !keepsFor } : undefined,
  ),
  option('owner', ({ owner }) => ({ owner: !owner }), '_owner'),
  option('key', ({ fields, key, owner }, random) => {
    if (owner || key !== undefined) return undefined
    const fit = fields.filter(
      field =>
        field.kind === 'uuid' ||
        (field.kind === 'text' && !field.optional && field.default === undefined),
    )
    return fit.length === 0 ? undefined : { key: pick(random, fit).id }
  }),
  (_, world, at) => {
    const { key, ...rest } = at
    if (key === undefined) return undefined
    const other = world.map(resource => (resource === at ? rest : resource))
    return { what: 'key of the server', world: other, said: {} }
  },
  ...conversions.map(convert),
  (random, world, at) => {
    const field = randomReference(random, pick(random, served(world)))
    return { what: 'field that refers', world: withField(world, at, field), said: {} }
  },
  (random, world, at) => {
    const target = pick(random, served(world))
    const onDelete = random() < 0.5 && { onDelete: 'remove' as const }
    const field = {
      ...randomField(random, 'keys'),
      target: target.id,
      optional: false,
      ...onDelete,
    }
    return { what: 'list of keys', world: withField(world, at, field), said: {} }
  },
  (random, world, at) => {
    const references = at.fields.filter(({ kind }) => kind === 'reference')
    if (references.length === 0) return undefined
    const reference = pick(random, references)
    const target = world.find(({ id }) => id === reference.target)
    const members = target?.fields.filter(({ kind }) => !unborrowed.includes(kind)) ?? []
    if (members.length === 0) return undefined
    const from = [reference.id, pick(random, members).id] as const
    const field = { ...randomField(random, 'from'), optional: true, from }
    return { what: 'member of another row', world: withField(world, at, field), said: {} }
  },
  option('member of another row gone', at => {
    const field = at.fields.find(({ kind }) => kind === 'from')
    return field && { fields: at.fields.filter(other => other !== field) }
  }),
  option('computed member', ({ computes }) => ({ computes: !computes })),
  alter(isReferring, (random, { onDelete: _, ...field }) => {
    const drawn = pick(random, [undefined, ...onDeletes[field.kind as keyof typeof onDeletes]])
    const onDelete = drawn === undefined ? {} : { onDelete: drawn }
    return { what: 'onDelete', field: { ...field, ...onDelete }, said: {} }
  }),
  alter(isOwn, (_, field) => ({
    what: 'fixed',
    field: { ...field, fixed: field.fixed !== true },
    said: {},
  })),
  alter(
    ({ kind }) => kind === 'reference',
    (_, field) => ({ what: 'parent', field: { ...field, isParent: !field.isParent }, said: {} }),
  ),
]
