// The component schemas, in the form that validates and in the form that the document shows.

import { jsonPatchOperations, jsonPatchShape } from '../http/json-patch.ts'
import { problemShape } from '../http/problem-shape.ts'
import { serviceOperations } from '../http/service.ts'
import type { Operation } from '../operations/operation.ts'
import { ownComponents } from '../operations/own.ts'
import { countsShape, csvShape, ndjsonShape } from '../operations/rows.ts'
import { type JsonSchema, maxInteger, usualMaxItems, usualMaxLength } from '../resource/field.ts'
import { controlFree, singleLine } from '../resource/format.ts'
import type { Model } from '../resource/model.ts'
import { type Shapes, schemaRef, shapesOf } from '../resource/shapes.ts'
import { withIntegerFormats } from './integers.ts'
import { Parts, type Schemas } from './parts.ts'

export interface SchemaSources {
  readonly models: readonly Model[]
  readonly shapes: ReadonlyMap<string, Shapes>
  readonly operations: readonly Operation[]
}

/** The component schemas that belong to no resource. */
export const sharedShapes: readonly JsonSchema[] = [
  jsonPatchShape,
  problemShape,
  countsShape,
  ndjsonShape,
  csvShape,
  ...serviceOperations.map(({ shape }) => shape),
  ...Object.entries(jsonPatchOperations).map(([$id, shape]) => ({ $id, ...shape })),
]

/** Every component schema by its name, in the form that validates. */
export function allSchemas(described: SchemaSources): Schemas {
  return byName([...ownSchemas(described).values()].flat().concat(sharedShapes))
}

/** The same schemas for readers: their parts are components, and usual limits are left out of responses. */
export function documentSchemas(described: SchemaSources): { schemas: Schemas; parts: Parts } {
  const { shapes } = described
  const schemasOf = ownSchemas(described)
  const parts = new Parts(namesOf([...schemasOf.values()].flat().concat(sharedShapes)))
  const own = [...schemasOf].flatMap(([model, all]) => {
    const ofModel = shapes.get(model.name) as Shapes
    const written = all.map(schema => {
      const isView = schema.$id === ofModel.view.$id
      const referred = parts.refer(model.component, isView ? withMarks(schema, model) : schema)
      return withoutUsualLimits(referred, isReturned(schema, ofModel) ? always : isReadOnly)
    })
    return describedOnce(ofModel, written).map(schema =>
      schema.$id === ofModel.view.$id ? withReferences(schema, model) : schema,
    )
  })
  const shared = sharedShapes.map(shape => sharedSchema(shape, parts))
  const schemas = byName([...own, ...shared])
  return { schemas: { ...schemas, ...parts.components }, parts }
}

function byName(schemas: readonly JsonSchema[]): Schemas {
  return Object.fromEntries(schemas.map(({ $id, ...schema }) => [$id, schema]))
}

function namesOf(schemas: readonly JsonSchema[]): string[] {
  return schemas.map(({ $id }) => String($id))
}

/** The schemas of each model that an operation accepts or returns. */
function ownSchemas({ models, shapes, operations }: SchemaSources): Map<Model, JsonSchema[]> {
  const used = new Set(operations.flatMap(schemaNames))
  const operationsOn = Map.groupBy(operations, ({ model }) => model)
  const schemasOf = (model: Model) => [
    ...shapesOf(shapes.get(model.name) as Shapes).filter(({ $id }) => used.has(String($id))),
    ...ownComponents(model),
    ...(operationsOn.get(model) ?? []).flatMap(({ components = [] }) => components),
  ]
  return new Map(models.map(model => [model, schemasOf(model)]))
}

function schemaNames({ bodies, successes }: Operation): string[] {
  const contents = successes.flatMap(({ content, others = {} }) => [
    ...(content === undefined ? [] : [content]),
    ...Object.values(others),
  ])
  const returned = contents.map(({ schema }) => refName(schema))
  return [...bodies.map(({ shape }) => String(shape.$id)), ...returned]
}

function refName({ $ref, items }: JsonSchema): string {
  return items === undefined ? (String($ref).split('/').at(-1) ?? '') : refName(items as JsonSchema)
}

function isReturned({ $id }: JsonSchema, { representation, view, returned = [] }: Shapes): boolean {
  return [representation, view, ...returned].some(shape => shape.$id === $id)
}

/**
 * The shapes of a model, with the description of a member where it is read and where it is created. The other shapes have
 * only the descriptions that say something else.
 */
function describedOnce(shapes: Shapes, written: readonly JsonSchema[]): readonly JsonSchema[] {
  const find = ({ $id }: JsonSchema) => written.find(schema => schema.$id === $id)
  const describing = [find(shapes.view), find(shapes.create)].filter(shape => shape !== undefined)
  const own = shapesOf(shapes).map(({ $id }) => $id)
  return written.map(schema => {
    const isElsewhere = !describing.includes(schema) && own.includes(schema.$id)
    return isElsewhere ? withoutRepeated(schema, describing) : schema
  })
}

function withoutRepeated(schema: JsonSchema, describing: readonly JsonSchema[]): JsonSchema {
  const known = describing.map(({ properties }) => properties as Schemas)
  const members = Object.entries(schema.properties as Schemas).map(
    ([name, { description, ...member }]) => {
      const isRepeated = known.some(each => each[name]?.description === description)
      return [name, isRepeated || description === undefined ? member : { description, ...member }]
    },
  )
  return { ...schema, properties: Object.fromEntries(members) }
}

function sharedSchema(shape: JsonSchema, parts: Parts): JsonSchema {
  if (shape === jsonPatchShape) return discriminated(shape)
  const name = String(shape.$id)
  return name in jsonPatchOperations ? shape : parts.refer(name, shape)
}

/** Related rows are marked by an extension, for readers who look for the members of the row itself. */
function withMarks(schema: JsonSchema, { includes }: Model): JsonSchema {
  const properties = { ...(schema.properties as Schemas) }
  for (const { name } of includes) properties[name] = { ...properties[name], 'x-included': true }
  return { ...schema, properties }
}

/** A member of a row that is read says in an extension of whose rows it has the key: the description is for people alone. */
function withReferences(schema: JsonSchema, { references, links }: Model): JsonSchema {
  const targets = [...references, ...links].map(({ field, model }) => [field.name, model] as const)
  const properties = { ...(schema.properties as Schemas) }
  for (const [name, target] of targets)
    if (properties[name] !== undefined)
      properties[name] = { ...properties[name], 'x-refers-to': target }
  return { ...schema, properties }
}

/** Adds `op` as the discriminator, for tools that cannot find the right operation by themselves. */
function discriminated(shape: JsonSchema): JsonSchema {
  const operations = Object.entries(jsonPatchOperations)
  const mapping = operations.flatMap(([$id, { properties }]) =>
    properties.op.enum.map(op => [op, schemaRef({ $id }).$ref]),
  )
  const discriminator = { propertyName: 'op', mapping: Object.fromEntries(mapping) }
  return {
    ...shape,
    items: { oneOf: operations.map(([$id]) => schemaRef({ $id })), discriminator },
  }
}

/** The limits that every field has unless its definition says otherwise. Only senders need to know them. */
const usualLimits: Readonly<Record<string, readonly unknown[]>> = {
  pattern: [controlFree, singleLine],
  minimum: [-maxInteger],
  maximum: [maxInteger],
  maxLength: [usualMaxLength],
  maxItems: [usualMaxItems],
}

/** `isRead`: whether a member is only read, so that its usual limits tell nothing. */
function withoutUsualLimits(
  { properties, ...schema }: JsonSchema,
  isRead: (member: JsonSchema) => boolean,
): JsonSchema {
  if (properties === undefined) return schema
  const members = Object.entries(withIntegerFormats(properties) as Schemas).map(
    ([name, member]) => [name, isRead(member) ? unlimited(member) : member],
  )
  return { ...schema, properties: Object.fromEntries(members) }
}

const always = () => true

/** A sender can leave such a member only as it is. */
function isReadOnly({ readOnly }: JsonSchema): boolean {
  return readOnly === true
}

function unlimited({ not: _, ...member }: JsonSchema): JsonSchema {
  const kept = Object.entries(member).filter(
    ([keyword, value]) => !usualLimits[keyword]?.includes(value),
  )
  const { items, ...schema } = Object.fromEntries(kept)
  return items === undefined ? schema : { ...schema, items: unlimited(items as JsonSchema) }
}
