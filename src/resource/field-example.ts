// Examples of a field's values: those it names, else a default, else one that is made up.

import type { Field, JsonSchema } from './field.ts'

/** A value for something new: the first of the examples that the field names. */
export function fieldExample({ schema, default: defaultValue, nullable }: Field): unknown {
  const named = namedExample(schema)
  return named ?? defaultValue ?? (nullable ? null : madeUp(schema))
}

/** A value for a change: the last of them. */
export function changedExample(field: Field): unknown {
  const named = (field.schema.examples ?? field.schema.enum ?? []) as unknown[]
  return named.at(-1) ?? fieldExample(field)
}

/** A value of a schema: what it names, or what is made up for it. */
export function schemaExample(schema: JsonSchema): unknown {
  return namedExample(schema) ?? madeUp(schema)
}

function namedExample(schema: JsonSchema): unknown {
  const [first] = (schema.examples ?? schema.enum ?? []) as unknown[]
  if (first !== undefined) return first
  if (schema.type === 'array') return listExample(schema)
  return schema.type === 'object' ? objectExample(schema) : undefined
}

function listExample({ items, minItems }: JsonSchema): unknown {
  const item = namedExample(items as JsonSchema)
  return item === undefined
    ? undefined
    : Array.from({ length: Math.max(1, Number(minItems ?? 1)) }, () => item)
}

function objectExample({ properties }: JsonSchema): unknown {
  const members = Object.entries(properties as Record<string, JsonSchema>)
  return Object.fromEntries(members.map(([name, member]) => [name, schemaExample(member)]))
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
    return Array.from({ length: Number(schema.minItems ?? 0) }, () =>
      madeUp(schema.items as JsonSchema),
    )
  if (type === 'object') return objectExample(schema)
  if (type !== 'string') return Math.max(Number(minimum ?? 1), 0)
  return formatExamples[String(format)] ?? 'text'.padEnd(Number(minLength ?? 0), ' text')
}
