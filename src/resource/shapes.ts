// The JSON Schemas of a model: what is returned and what may be sent. Written once here, used by validators and document.

import { childShapes, createdShapes, withChildren } from './child-shapes.ts'
import { createShape, requiredNames } from './create-shape.ts'
import { aNoun } from './english.ts'
import { rowExample } from './example.ts'
import { type Field, isKept, type JsonSchema } from './field.ts'
import {
  changeShape,
  creatingShape,
  properties,
  replacingShape,
  valueShape,
  withoutExamples,
} from './field-shape.ts'
import { includedShapes } from './included-shape.ts'
import { type Model, membersOf } from './model.ts'

export interface Shapes {
  /** The row that a write returns: every field is there. */
  readonly representation: JsonSchema
  /** The row that a read returns: every field, those of a list, or those that the caller chooses by `fields`. */
  readonly view: JsonSchema
  /** The body of POST. */
  readonly create: JsonSchema
  /** Rows in that body, by the names of the members. */
  readonly children: Readonly<Record<string, JsonSchema>>
  /** The body of POST below a parent, by the parent's name: the reference may be left out, the address has it. */
  readonly createBelow: Readonly<Record<string, JsonSchema>>
  /** The body of PUT; read-only members may be sent back unchanged. */
  readonly replacement: JsonSchema
  /** The body of PUT below a parent, by the parent's name: the same, but for the reference. */
  readonly replacementBelow: Readonly<Record<string, JsonSchema>>
  /** The body of PATCH as a merge patch (RFC 7396): any part of a replacement. */
  readonly patch: JsonSchema
  /** The responses of actions that return no row. */
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

/** The shapes of all models, by their names. */
export function modelsToShapes(models: readonly Model[]): ReadonlyMap<string, Shapes> {
  const named = new Map(models.map(model => [model.name, model]))
  return new Map(models.map(model => [model.name, modelToShapes(model, named)]))
}

type Named = ReadonlyMap<string, Model>

/** `models`: all of them, to name the parents' components. */
export function modelToShapes(model: Model, models: Named = new Map()): Shapes {
  const { component, singular } = model
  const places = model.parents.map(({ model: name, field }) => ({
    parent: modelOf(name, models),
    reference: field,
  }))
  const replacement = {
    $id: `${component}Replacement`,
    description: `${aNoun(singular)} to put`,
    ...replacementShape(model),
  }
  const children = childShapes(model, child => modelOf(child, models), createShape)
  const refs = Object.entries(children).map(([name, shape]) => [name, schemaRef(shape)] as const)
  return {
    ...returnedShapes(model, models),
    children,
    create: {
      $id: `${component}Creation`,
      description: `${aNoun(singular)} to create`,
      ...withChildren(createShape(model), refs),
    },
    createBelow: byParent(places, place => withChildren(createBelow(model, place), refs)),
    replacement,
    // Where the reference may be left out anyway, it is the same.
    replacementBelow: byParent(places, place =>
      place.reference.required ? replacementBelow(model, place) : replacement,
    ),
    patch: {
      $id: `${component}Patch`,
      description: `Changes to a ${singular}`,
      ...patchShape(model),
    },
  }
}

/** A parent, and the field that refers to it. */
interface Place {
  readonly parent: Model
  readonly reference: Field
}

function byParent(
  places: readonly Place[],
  shape: (place: Place) => JsonSchema,
): Record<string, JsonSchema> {
  return Object.fromEntries(places.map(place => [place.parent.name, shape(place)]))
}

function modelOf(name: string, models: Named): Model {
  const model = models.get(name)
  if (model === undefined) throw new Error(`There is no model '${name}'.`)
  return model
}

/** The name of a model's row, and the place of its schema. */
const rowsOf = (models: Named) => (name: string) => {
  const { singular, component } = modelOf(name, models)
  return { singular, view: schemaRef({ $id: `${component}View` }) }
}

function returnedShapes(model: Model, models: Named): Pick<Shapes, 'representation' | 'view'> {
  const { component, singular, description, shown } = model
  const examples = [rowExample(model)]
  return {
    representation: {
      $id: component,
      ...representationOf(shown, createdShapes(model, rowsOf(models))),
      required: shown.filter(({ scopes }) => scopes?.read === undefined).map(({ name }) => name),
      description,
      examples,
    },
    view: {
      $id: `${component}View`,
      ...viewOf(shown, includedShapes(model.includes, rowsOf(models))),
      description: `${aNoun(singular)}, or the members of it that \`fields\` names`,
      examples,
    },
  }
}

function createBelow(model: Model, { parent, reference }: Place): JsonSchema {
  const { component, singular } = model
  return {
    $id: `${parent.component}${component}Creation`,
    description: `${aNoun(singular)} to create below its ${parent.singular}`,
    ...createShape(model, reference),
  }
}

function replacementBelow(model: Model, { parent, reference }: Place): JsonSchema {
  const { component, singular } = model
  return {
    $id: `${parent.component}${component}Replacement`,
    description: `${aNoun(singular)} to put below its ${parent.singular}`,
    ...replacementShape(model, reference),
  }
}

/** The shape of a whole row after a patch: its representation and nothing else. */
export function stateShape({ fields }: Model): JsonSchema {
  return { ...representationOf(fields), additionalProperties: false }
}

/** `readOnly` tells about what is sent, so it is left out of what is returned. */
function representationOf(
  fields: readonly Field[],
  created: Readonly<Record<string, JsonSchema>> = {},
): JsonSchema {
  return {
    type: 'object',
    required: fields.map(({ name }) => name),
    properties: { ...properties(fields, valueShape), ...created },
  }
}

function viewOf(
  fields: readonly Field[],
  included: Readonly<Record<string, JsonSchema>>,
): JsonSchema {
  return {
    type: 'object',
    minProperties: 1,
    properties: { ...properties(fields, valueShape), ...included },
  }
}

function replacementShape(model: Model, implied?: Field): JsonSchema {
  const { key, keyMadeBy } = model
  const others = membersOf(model).filter(field => field !== key)
  return {
    type: 'object',
    additionalProperties: false,
    required: requiredNames(others.filter(field => field !== implied && !isKept(field))),
    properties: {
      [key.name]: {
        ...withoutExamples(key.schema),
        description: 'May be left out; must equal the one in the address',
      },
      ...properties(others, keyMadeBy === 'client' ? creatingShape : replacingShape),
    },
  }
}

function patchShape(model: Model): JsonSchema {
  const { key } = model
  const changeable = membersOf(model).filter(field => field !== key)
  return {
    type: 'object',
    additionalProperties: false,
    properties: {
      [key.name]: { ...withoutExamples(key.schema), readOnly: true },
      ...properties(changeable, changeShape),
    },
  }
}

/** A reference to the component of a shape in the document. */
export function schemaRef(shape: { readonly $id?: unknown }): { readonly $ref: string } {
  return { $ref: `#/components/schemas/${shape.$id}` }
}
