// The common parts of a definition's actions and views: their words, their address, and the schemas that they bring.

import type { OwnAction, OwnView } from '../resource/actions.ts'
import { answerShape } from '../resource/answer-shape.ts'
import { parentKeyExample } from '../resource/example.ts'
import type { JsonSchema } from '../resource/field.ts'
import { schemaExample } from '../resource/field-example.ts'
import { inputShape, properties } from '../resource/field-shape.ts'
import { type Model, pascalCase } from '../resource/model.ts'
import { schemaRef } from '../resource/shapes.ts'
import type { Address } from './address.ts'

type Worded = Pick<OwnView, 'name' | 'component' | 'summary' | 'description' | 'on'>

export const noWords = { id: '', verb: '', does: '', more: '' }

/** `cancelOrder`, `closeOrders`; the description comes after the sentence that says what the operation does. */
export function wordsOf(model: Model, { name, on, summary, description }: Worded) {
  const verb = pascalCase(name)
  const thing = on === 'member' ? model.component : pascalCase(model.name)
  const sentence = summary.replace(/\.?$/, '.')
  return {
    id: `${verb.charAt(0).toLowerCase()}${verb.slice(1)}${thing}`,
    summary,
    description: description === undefined ? sentence : `${sentence} ${description}`,
  }
}

export function placeOf(address: Address, { name, on }: Worded) {
  // The example is a row that others refer to: the last row may have been deleted as the example of DELETE.
  const pathParameters =
    on === 'member'
      ? address.memberParameters(parentKeyExample(address.model))
      : address.parametersOf('collection')
  return { on, path: `${address[on]}/${name}`, pathParameters, file: address.model.file }
}

/** The component of the document for what an action takes. */
export function bodyShape({ component, summary, body = [] }: OwnAction): JsonSchema {
  return {
    $id: `${component}Body`,
    description: summary,
    type: 'object',
    additionalProperties: false,
    required: body.filter(({ required }) => required).map(({ name }) => name),
    properties: properties(body, inputShape),
  }
}

type Returning = Worded & { readonly response?: object }

/** The component of the document for what an action or a view returns, or for an item of that. */
function resultShape({ component, summary, response = {} }: Returning): JsonSchema {
  const { type, items = {} } = response as JsonSchema
  const shape = type === 'array' ? (items as object) : response
  return { description: summary, ...answerShape(shape), $id: `${component}Result` }
}

/** The response of an action or a view, and an example of it. */
export function contentOf(returning: Returning): { schema: JsonSchema; example: unknown } {
  const shape = resultShape(returning)
  const [item, example] = [schemaRef(shape), schemaExample(shape)]
  return (returning.response as JsonSchema).type === 'array'
    ? { schema: { type: 'array', items: item }, example: [example] }
    : { schema: item, example }
}

/** The components that the actions and views of a model bring. */
export function ownComponents({ actions, views }: Model): readonly JsonSchema[] {
  return [
    ...actions.flatMap(action => [
      ...(action.body === undefined ? [] : [bodyShape(action)]),
      ...(action.response === undefined ? [] : [resultShape(action)]),
    ]),
    ...views.map(view => resultShape(view)),
  ]
}
