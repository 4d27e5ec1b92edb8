// The schemas of children: in the body that creates them with their row, and in its response.

import { maxChildren } from './children.ts'
import { aNoun } from './english.ts'
import { createExample } from './example.ts'
import type { Field, JsonSchema } from './field.ts'
import { includedShapes, type RowsOf } from './included-shape.ts'
import type { Model } from './model.ts'

/** By the names of the members. `creation`: the shape of a row to create, whose reference is implied. */
export function childShapes(
  model: Model,
  modelOf: (name: string) => Model,
  creation: (child: Model, implied: Field) => JsonSchema,
): Readonly<Record<string, JsonSchema>> {
  return Object.fromEntries(
    model.children.map(({ name, model: childName, field }) => {
      const child = modelOf(childName)
      const { required, properties, ...shape } = creation(child, field)
      const { [field.name]: _, ...others } = properties as Readonly<Record<string, JsonSchema>>
      const { [field.name]: __, ...example } = createExample(child)
      const named = {
        $id: `${child.component}In${model.component}`,
        description: `${aNoun(child.singular)} to create with its ${model.singular}`,
        ...shape,
        required: (required as readonly string[]).filter(each => each !== field.name),
        properties: others,
        examples: [example],
      }
      return [name, named]
    }),
  )
}

/** The shape of a row to create, with its children. */
export function withChildren(
  shape: JsonSchema,
  children: readonly (readonly [name: string, child: { readonly $ref: string }])[],
): JsonSchema {
  if (children.length === 0) return shape
  const description = 'Created with it, in one transaction'
  const members = children.map(([name, items]) => [
    name,
    { type: 'array', maxItems: maxChildren, description, items },
  ])
  return { ...shape, properties: { ...Object(shape.properties), ...Object.fromEntries(members) } }
}

/** The children of a row in the response to its creation. */
export function createdShapes(
  { children }: Model,
  rowsOf: RowsOf,
): Readonly<Record<string, JsonSchema>> {
  const description = 'Those that were created with it'
  const included = Object.entries(includedShapes(children, rowsOf))
  return Object.fromEntries(included.map(([name, shape]) => [name, { ...shape, description }]))
}
