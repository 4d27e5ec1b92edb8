// The JSON Schemas of a model: what is returned and what may be sent. Written once here, used by validators and document.

import { maxProposedKey } from './derive.ts'
import { rowExample } from './example.ts'
import type { Field, JsonSchema } from './field.ts'
import type { Model } from './model.ts'

export interface Shapes {
  /** What a write returns: every field is there. */
  readonly representation: JsonSchema
  /** What a read returns: every field, those of a list, or those that the caller chooses by `fields`. */
  readonly view: JsonSchema
  /** The body of POST. */
  readonly create: JsonSchema
  /** The body of POST below a parent, by the parent's name: the reference may be left out, the address has it. */
  readonly createBelow: Readonly<Record<string, JsonSchema>>
  /** The body of PUT; read-only members may be sent back unchanged. */
  readonly replacement: JsonSchema
  /** The body of PUT below a parent, by the parent's name: the same, but for the reference. */
  readonly replacementBelow: Readonly<Record<string, JsonSchema>>
  /** The body of PATCH as a merge patch (RFC 7396): any part of a replacement. */
  readonly patch: JsonSchema
  /** What actions return instead of a row. */
  readonly returned?: readonly JsonSchema[]
}

/** All of them, in the order of the document. */
export function shapesOf(shapes: Shapes): readonly JsonSchema[] {
  const {
    representation,
    view,
    create,
    createBelow,
    replacement,
    replacementBelow,
    patch,
    returned = [],
  } = shapes
  return [
    view,
    create,
    ...Object.values(createBelow),
    representation,
    replacement,
    ...Object.values(replacementBelow),
    patch,
    ...returned,
  ]
}

/** `models`: all of them, to name the parents' components. */
export function modelToShapes(model: Model, models: readonly Model[]): Shapes {
  const { component, singular, fields, parents } = model
  const examples = [rowExample(model)]
  const replacement = {
    $id: `${component}Replacement`,
    description: `A ${singular} to put`,
    ...replacementShape(model),
  }
  const below = (shape: (above: Model, reference: Field) => JsonSchema) =>
    Object.fromEntries(
      parents.map(({ model: name, field }) => [name, shape(modelOf(name, models), field)]),
    )
  return {
    representation: {
      $id: component,
      ...representationOf(fields),
      description: model.description,
      examples,
    },
    view: {
      $id: `${component}View`,
      ...viewOf(fields),
      description: `A ${singular}, or the members of it that \`fields\` names`,
      examples,
    },
    create: {
      $id: `${component}Creation`,
      description: `A ${singular} to create`,
      ...createShape(model),
    },
    createBelow: below((above, reference) => ({
      $id: `${above.component}${component}Creation`,
      description: `A ${singular} to create below its ${above.singular}`,
      ...createShape(model, reference),
    })),
    replacement,
    // Where the reference may be left out anyway, it is the same.
    replacementBelow: below((above, reference) =>
      reference.required
        ? {
            $id: `${above.component}${component}Replacement`,
            description: `A ${singular} to put below its ${above.singular}`,
            ...replacementShape(model, reference),
          }
        : replacement,
    ),
    patch: {
      $id: `${component}Patch`,
      description: `Changes to a ${singular}`,
      ...patchShape(model),
    },
  }
}

function modelOf(name: string, models: readonly Model[]): Model {
  const model = models.find(candidate => candidate.name === name)
  if (model === undefined) throw new Error(`There is no model '${name}'.`)
  return model
}

/** What a whole row must be after a patch: its representation and nothing else. */
export function stateShape({ fields }: Model): JsonSchema {
  return { ...representationOf(fields), additionalProperties: false }
}

/** The schema of a field's values, null included. */
function valueShape({ schema, nullable }: Field): JsonSchema {
  return nullable ? orNull(schema) : schema
}

/** The same in a body, where a value that only the server sets may be sent back unchanged. */
export function fieldShape(field: Field): JsonSchema {
  return { ...valueShape(field), ...(field.readOnly ? { readOnly: true } : {}) }
}

function orNull(schema: JsonSchema): JsonSchema {
  const words = schema.enum as string[] | undefined
  return {
    ...schema,
    type: [schema.type, 'null'],
    ...(words === undefined ? {} : { enum: [...words, null] }),
  }
}

/** `readOnly` tells about what is sent, so it is left out of what is returned. */
function representationOf(fields: readonly Field[]): JsonSchema {
  return {
    type: 'object',
    required: fields.map(({ name }) => name),
    properties: properties(fields, valueShape),
  }
}

function viewOf(fields: readonly Field[]): JsonSchema {
  return { type: 'object', minProperties: 1, properties: properties(fields, valueShape) }
}

function properties(
  fields: readonly Field[],
  shape: (field: Field) => JsonSchema,
): Record<string, JsonSchema> {
  return Object.fromEntries(fields.map(field => [field.name, withoutExamples(shape(field))]))
}

/** The same for a value that is sent: with the default of one that is not. */
export function inputShape(field: Field): JsonSchema {
  return field.default === undefined
    ? fieldShape(field)
    : { ...fieldShape(field), default: field.default }
}

const required = (fields: readonly Field[]) =>
  fields.filter(field => field.required).map(({ name }) => name)

function createShape({ key, keyMadeBy, fields, owner }: Model, implied?: Field): JsonSchema {
  const others = fields.filter(field => field !== key && !field.readOnly)
  const proposed: JsonSchema =
    keyMadeBy === 'client'
      ? key.schema
      : {
          ...key.schema,
          maximum: maxProposedKey,
          description: 'Made by the server unless you choose one',
        }
  return {
    type: 'object',
    additionalProperties: false,
    required: [
      ...(keyMadeBy === 'client' ? [key.name] : []),
      ...required(others.filter(field => field !== implied)),
    ],
    // A key that is taken would tell of another's row.
    properties: {
      ...(owner ? {} : { [key.name]: withoutExamples(proposed) }),
      ...properties(others, inputShape),
    },
  }
}

/** What is sent and returned has one example as a whole. */
function withoutExamples({ examples: _, ...schema }: JsonSchema): JsonSchema {
  return schema
}

function replacementShape({ key, fields }: Model, implied?: Field): JsonSchema {
  const others = fields.filter(field => field !== key)
  return {
    type: 'object',
    additionalProperties: false,
    required: required(others.filter(field => field !== implied)),
    properties: {
      [key.name]: {
        ...withoutExamples(key.schema),
        description: 'May be left out; must equal the one in the address',
      },
      ...properties(others, inputShape),
    },
  }
}

function patchShape({ key, fields }: Model): JsonSchema {
  const changeable = fields.filter(field => field !== key)
  return {
    type: 'object',
    additionalProperties: false,
    properties: {
      [key.name]: { ...withoutExamples(key.schema), readOnly: true },
      ...properties(changeable, field =>
        field.kind.isScalar ? fieldShape(field) : partial(fieldShape(field)),
      ),
    },
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

/** A reference to the component of a shape in the document. */
export function schemaRef(shape: { readonly $id?: unknown }): { readonly $ref: string } {
  return { $ref: `#/components/schemas/${shape.$id}` }
}
