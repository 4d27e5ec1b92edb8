// The call that an operation shows as its example, and values of schemas, from the examples of the document.

import { schemaExample } from '../../resource/field-example.ts'
import {
  type Content,
  type Described,
  type Media,
  nameOf,
  type Parameter,
  type ReadDocument,
  resolve,
  type Schema,
} from './described.ts'

type Values = Readonly<Record<string, unknown>>

export interface Example {
  readonly operation: Described
  readonly path: Values
  readonly query: Values
  readonly header: Values
  readonly body?: ExampleBody
  /** Whether it returns rows page by page. */
  readonly isList: boolean
}

export interface ExampleBody {
  readonly type: string
  readonly value: unknown
  /** The name of its schema, if it has one. */
  readonly name?: string | undefined
}

export function exampleOf(document: ReadDocument, operation: Described): Example {
  const { parameters, requestBody, method } = operation
  const valuesIn = (place: string): Values =>
    Object.fromEntries(
      parameters
        .filter(parameter => parameter.in === place && isShown(parameter))
        .map(parameter => [parameter.name, exampleValue(document, parameter)]),
    )
  const body = requestBody && bodyOf(document, requestBody.content)
  return {
    operation,
    path: valuesIn('path'),
    query: valuesIn('query'),
    header: valuesIn('header'),
    ...(body && { body }),
    isList: method === 'GET' && parameters.some(({ name }) => name === 'cursor'),
  }
}

function isShown({ name, required, schema }: Parameter): boolean {
  return required === true || (name === 'sort' && sortedBy(schema) !== undefined)
}

/** A list by something else than its key, whose words come first: `id`, `-id`, `title`, `-title`. */
function sortedBy({ items }: Schema): unknown {
  return items?.enum?.[2]
}

function exampleValue(document: ReadDocument, { name, schema, example }: Parameter): unknown {
  if (example !== undefined) return example
  if (name === 'sort') return [sortedBy(schema)]
  if (name === 'If-Match') return '"7"'
  return sampleOf(document, schema)
}

/** The first JSON that it takes, or the first of all. */
function bodyOf(document: ReadDocument, content: Content): ExampleBody | undefined {
  const [type, media] = firstJson(content) ?? []
  if (type === undefined || media === undefined) return undefined
  return { type, value: mediaSample(document, media), name: media.schema && nameOf(media.schema) }
}

export function firstJson(content: Content): readonly [string, Media] | undefined {
  const entries = Object.entries(content)
  return entries.find(([type]) => /[/+]json$/.test(type)) ?? entries[0]
}

export function mediaSample(document: ReadDocument, media: Media): unknown {
  const { example, examples = {}, schema = {} } = media
  return example ?? Object.values(examples)[0]?.value ?? sampleOf(document, schema)
}

function sampleOf(document: ReadDocument, schema: Schema): unknown {
  return schemaExample(writtenOut(document, schema, 5))
}

/** The schema without references. `depth`: how deep one may lie in the other, because two may name each other. */
function writtenOut(document: ReadDocument, schema: Schema, depth: number): Schema {
  const { properties, items, oneOf, anyOf, ...rest } = resolve(document, schema)
  if (rest.examples !== undefined || rest.enum !== undefined || depth === 0) return rest
  const [first] = oneOf ?? anyOf ?? []
  if (first !== undefined) return { ...writtenOut(document, first, depth - 1) }
  const inner = (each: Schema) => writtenOut(document, each, depth - 1)
  const members = Object.entries(properties ?? {}).map(([name, member]) => [name, inner(member)])
  return {
    ...rest,
    ...(rest.type === 'object' || properties ? { properties: Object.fromEntries(members) } : {}),
    ...(items && { items: inner(items) }),
  }
}
