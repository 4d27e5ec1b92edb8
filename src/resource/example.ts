// Examples of a model's values, made of those its fields name: what a person would want to send.

import type { Field, JsonSchema } from './field.ts'
import type { Model } from './model.ts'

export type Example = Record<string, unknown>

/** A body of POST. */
export function createExample(model: Model): Example {
  return exampleOf(
    model.fields.filter(field => !field.readOnly && (field !== model.key || model.keyMadeBy === 'client')),
  )
}

/** A body of PUT: the key is in the address, and what must be unique stays that row's own. */
export function replacementExample(model: Model): Example {
  const fields = model.fields.filter(field => !field.readOnly && field !== model.key)
  const own = fields.filter(({ name }) => model.unique.flat().includes(name) && exampleRow(model)?.[name] !== undefined)
  return { ...exampleOf(fields), ...Object.fromEntries(own.map(({ name }) => [name, exampleRow(model)?.[name]])) }
}

/** A body of PATCH: the first member that may be changed and is no reference. */
export function patchExample(model: Model): Example {
  const references = model.references.map(({ field }) => field)
  const changeable = model.fields.filter(field => field !== model.key && !field.readOnly)
  const [first] = changeable.filter(field => !references.includes(field) && !isUnique(model, field))
  return exampleOf([first ?? changeable[0]].filter(field => field !== undefined))
}

/** A row as it is answered, with the given fields. */
export function exampleOf(fields: readonly Field[]): Example {
  return Object.fromEntries(fields.map(field => [field.name, fieldExample(field)]))
}

/** The key of the row that the document's examples are about. */
export function keyExample(model: Model): unknown {
  return exampleRow(model)?.[model.key.name] ?? fieldExample(model.key)
}

/** The key of a row that others refer to. */
export function parentKeyExample({ key, sample }: Model): unknown {
  return sample[0]?.[key.name] ?? fieldExample(key)
}

/** Of the sample rows the last, which nothing need refer to; where they name no key, the first, whose key is 1. */
function exampleRow({ key, sample }: Model): Readonly<Record<string, unknown>> | undefined {
  return sample.at(-1)?.[key.name] === undefined ? sample[0] : sample.at(-1)
}

function isUnique({ unique }: Model, { name }: Field): boolean {
  return unique.some(set => set.includes(name))
}

function fieldExample({ schema, default: defaultValue, nullable }: Field): unknown {
  const named = schemaExample(schema)
  return named ?? defaultValue ?? (nullable ? null : madeUp(schema))
}

function schemaExample(schema: JsonSchema): unknown {
  const [first] = (schema.examples ?? schema.enum ?? []) as unknown[]
  if (first !== undefined) return first
  if (schema.type === 'array') return listExample(schema)
  return schema.type === 'object' ? objectExample(schema) : undefined
}

function listExample({ items, minItems }: JsonSchema): unknown {
  const item = schemaExample(items as JsonSchema)
  return item === undefined ? undefined : Array.from({ length: Math.max(1, Number(minItems ?? 1)) }, () => item)
}

function objectExample({ properties }: JsonSchema): unknown {
  const members = Object.entries(properties as Record<string, JsonSchema>)
  return Object.fromEntries(members.map(([name, member]) => [name, schemaExample(member) ?? madeUp(member)]))
}

const formatExamples: Readonly<Record<string, string>> = {
  date: '2026-05-04',
  'date-time': '2026-05-04T12:30:00.000Z',
  email: 'ada@example.com',
  uri: 'https://example.com/',
  uuid: '8e03978e-40d5-43e8-bc93-6894a57f9324',
}

/** For a field that names no example. */
function madeUp(schema: JsonSchema): unknown {
  const { type, format, minimum, minLength } = schema
  if (type === 'boolean') return false
  if (type === 'array')
    return Array.from({ length: Number(schema.minItems ?? 0) }, () => madeUp(schema.items as JsonSchema))
  if (type === 'object') return objectExample(schema)
  if (type !== 'string') return Math.max(Number(minimum ?? 1), 0)
  return formatExamples[String(format)] ?? 'text'.padEnd(Number(minLength ?? 0), ' text')
}
