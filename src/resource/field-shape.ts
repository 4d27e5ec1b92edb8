// The schemas of a field's values: as they are returned, and as they may be sent.

import { type Field, isAnyJson, isKept, type JsonSchema } from './field.ts'

/** The schema of a field's values, null included. */
export function valueShape({ schema, nullable }: Field): JsonSchema {
  return nullable ? orNull(schema) : schema
}

/** The same in a body, where a value that only the server sets may be sent back unchanged. */
export function fieldShape(field: Field): JsonSchema {
  const { readOnly, writeOnly } = field
  return {
    ...valueShape(field),
    ...(readOnly ? { readOnly } : {}),
    ...(writeOnly ? { writeOnly } : {}),
  }
}

/** The same for a value that is sent: with the default of one that is not. */
export function inputShape(field: Field): JsonSchema {
  return field.default === undefined
    ? fieldShape(field)
    : { ...fieldShape(field), default: field.default }
}

/** The same in a body that replaces a row: without a default for what may be left out and then stays as it is. */
export function replacingShape(field: Field): JsonSchema {
  return isFixed(field) ? settled(field) : creatingShape(field)
}

/** The same where the row may not be there yet, so that a fixed field has its value from the body. */
export function creatingShape(field: Field): JsonSchema {
  return field.readOnly || isKept(field) ? marked(field, fieldShape(field)) : inputShape(field)
}

/** The same in a patch. */
export function changeShape(field: Field): JsonSchema {
  if (isFixed(field)) return settled(field)
  return marked(field, field.kind.isScalar ? fieldShape(field) : partial(fieldShape(field)))
}

function isFixed({ fixed, writeOnly }: Field): boolean {
  return fixed && !writeOnly
}

/** A fixed value of a row that is there may be sent back unchanged, like one that only the server sets. */
function settled(field: Field): JsonSchema {
  return marked(field, { ...fieldShape(field), readOnly: true })
}

/** `fixed` is no keyword of JSON Schema; the document says it in words. */
function marked({ fixed }: Field, shape: JsonSchema): JsonSchema {
  return fixed ? { ...shape, fixed } : shape
}

function orNull(schema: JsonSchema): JsonSchema {
  if (isAnyJson(schema)) return schema
  const words = schema.enum as string[] | undefined
  return {
    ...schema,
    type: [schema.type, 'null'],
    ...(words === undefined ? {} : { enum: [...words, null] }),
    // A pattern constrains texts alone, so null would match `not` a pattern.
    ...(schema.not === undefined ? {} : { not: { type: 'string', ...(schema.not as JsonSchema) } }),
  }
}

/** A nested object may be patched in part (RFC 7396 §2); a list is replaced whole. Null removes an optional member. */
function partial(schema: JsonSchema): JsonSchema {
  const {
    required: needed = [],
    properties: members,
    ...rest
  } = schema as JsonSchema & {
    required?: string[]
    properties?: Record<string, JsonSchema>
  }
  if (members === undefined) return schema
  const changeable = Object.entries(members).map(([name, member]) => [
    name,
    needed.includes(name) ? partial(member) : orNull(partial(member)),
  ])
  return { ...rest, properties: Object.fromEntries(changeable) }
}

/** The members of an object, with the schemas that `shape` gives them. */
export function properties(
  fields: readonly Field[],
  shape: (field: Field) => JsonSchema,
): Record<string, JsonSchema> {
  return Object.fromEntries(fields.map(field => [field.name, withoutExamples(shape(field))]))
}

/** A body has one example as a whole. */
export function withoutExamples({ examples: _, ...schema }: JsonSchema): JsonSchema {
  return schema
}
