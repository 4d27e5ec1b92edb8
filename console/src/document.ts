// What the document says, in the form in which pages ask for it. Everything that is shown follows from it, so that a new
// resource, field, filter or action appears by itself.

import { type Filter, toFilters } from './filter.ts'
import { withReferences } from './references.ts'
import { type Field, fieldsOf, type Schema, type Schemas, toField } from './schema.ts'

interface Parameter {
  readonly $ref?: string
  readonly name: string
  readonly in: string
  readonly description?: string
  readonly required?: boolean
  readonly explode?: boolean
  readonly schema: Schema
}

interface Content {
  readonly schema: Schema
  readonly example?: unknown
}

interface Described {
  readonly operationId: string
  readonly summary: string
  readonly description: string
  readonly tags: readonly string[]
  readonly security?: readonly object[]
  readonly 'x-required-scopes'?: readonly string[]
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content: Readonly<Record<string, Content>> }
  readonly responses: Readonly<Record<string, { $ref?: string; content?: Record<string, Content> }>>
}

type Item = Partial<Record<'get' | 'post' | 'put' | 'patch' | 'delete', Described>> & {
  readonly parameters?: readonly Parameter[]
}

export interface Document {
  readonly info: { readonly title: string; readonly version: string; readonly description?: string }
  readonly security?: readonly object[]
  readonly tags: readonly { readonly name: string; readonly description: string }[]
  readonly paths: Readonly<Record<string, Item>>
  readonly components: {
    readonly schemas: Schemas
    readonly parameters?: Readonly<Record<string, Parameter>>
    readonly responses?: Readonly<Record<string, { content?: Record<string, Content> }>>
  }
}

export interface Operation {
  readonly id: string
  readonly method: string
  readonly path: string
  readonly tag: string
  readonly summary: string
  readonly description: string
  /** Undefined where everyone may. */
  readonly scopes: readonly string[] | undefined
  /** The parameters of the query, and the names of the header fields. */
  readonly parameters: readonly Field[]
  readonly headers: readonly string[]
  readonly body: readonly Field[]
  readonly bodyType: string
  /** The media types in which it takes its body. */
  readonly bodyTypes: readonly string[]
  /** Whether it may be asked to do its work later (202). */
  readonly isDeferrable: boolean
  readonly example: Readonly<Record<string, unknown>>
  /** The fields of what it returns, and whether that is a list of them. */
  readonly returned: readonly Field[]
  readonly returnsList: boolean
  /** The media types in which it returns it. */
  readonly returnedTypes: readonly string[]
}

/** A collection at one address, with its rows. */
export interface Resource {
  readonly name: string
  readonly description: string
  readonly path: string
  /** The address of a row and the field in it; undefined where rows have none. */
  readonly member: string | undefined
  readonly key: string
  readonly fields: readonly Field[]
  readonly filters: readonly Filter[]
  /** The parameter with the words to look for; undefined where rows are not searched. */
  readonly search: Field | undefined
  readonly sorts: readonly string[]
  readonly list: Operation
  readonly create: Operation | undefined
  readonly read: Operation | undefined
  readonly update: Operation | undefined
  readonly remove: Operation | undefined
  /** What can be done with it besides: of the collection, and of a row. */
  readonly actions: readonly Operation[]
  readonly views: readonly Operation[]
}

export interface Api {
  readonly title: string
  readonly version: string
  readonly resources: readonly Resource[]
  readonly operations: readonly Operation[]
}

export function readDocument(document: Document): Api {
  const operations = withReferences(
    Object.entries(document.paths).flatMap(([path, item]) =>
      methods.flatMap(method => {
        const described = item[method]
        return described ? [toOperation(document, { path, method, item, described })] : []
      }),
    ),
  )
  const descriptions = new Map(document.tags.map(({ name, description }) => [name, description]))
  const lists = operations.filter(isCollection)
  return {
    title: document.info.title,
    version: document.info.version,
    operations,
    resources: lists.map(list =>
      toResource(list, operations, descriptions.get(list.tag) ?? list.description),
    ),
  }
}

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const

/** A view of a collection returns a list too, but has no pages. */
const isCollection = ({ method, returnsList, parameters }: Operation) =>
  method === 'GET' && returnsList && parameters.some(({ name }) => name === 'cursor')

interface Place {
  readonly path: string
  readonly method: string
  readonly item: Item
  readonly described: Described
}

function toOperation(document: Document, { path, method, item, described }: Place): Operation {
  const { schemas, parameters: named = {} } = document.components
  const parameters = [...(item.parameters ?? []), ...(described.parameters ?? [])].map(
    parameter => named[lastPart(parameter.$ref)] ?? parameter,
  )
  const [bodyType = '', body] = preferred(described.requestBody?.content)
  const content = returnedContent(document, described)
  const returned = returnedSchema(document, content)
  return {
    id: described.operationId,
    method: method.toUpperCase(),
    path,
    tag: described.tags[0] ?? '',
    summary: described.summary,
    description: described.description,
    scopes: isOpen(document, described) ? undefined : (described['x-required-scopes'] ?? []),
    parameters: parameters
      .filter(parameter => parameter.in === 'query')
      .map(({ name, schema, description, required = false, explode }) => ({
        ...toField({ schemas, name, schema, description, required }),
        isJoined: explode === false,
      })),
    headers: parameters.filter(parameter => parameter.in === 'header').map(({ name }) => name),
    body: body === undefined ? [] : fieldsOf(schemas, body.schema),
    bodyType,
    bodyTypes: Object.keys(described.requestBody?.content ?? {}),
    isDeferrable: described.responses['202'] !== undefined,
    example: (body?.example ?? {}) as Operation['example'],
    returned: returned === undefined ? [] : fieldsOf(schemas, returned.items ?? returned),
    returnsList: returned?.items !== undefined,
    returnedTypes: Object.keys(content),
  }
}

function isOpen({ security = [] }: Document, described: Described): boolean {
  const required = described.security ?? security
  return required.length === 0 || required.some(each => Object.keys(each).length === 0)
}

const lastPart = (ref = '') => ref.split('/').at(-1) ?? ''

/** Of several bodies, the one whose members are those of a row. */
function preferred(content: Readonly<Record<string, Content>> = {}) {
  const types = ['application/merge-patch+json', 'application/json']
  const found = types.find(type => content[type] !== undefined)
  return [found, content[found ?? '']] as const
}

function returnedContent({ components }: Document, { responses }: Described) {
  const [status = ''] = Object.keys(responses).filter(name => name.startsWith('2'))
  const response = responses[status]
  return (components.responses?.[lastPart(response?.$ref)] ?? response)?.content ?? {}
}

function returnedSchema(
  { components }: Document,
  content: Readonly<Record<string, Content>>,
): Schema | undefined {
  const schema = content['application/json']?.schema
  return schema?.$ref === undefined ? schema : components.schemas[lastPart(schema.$ref)]
}

function toResource(
  list: Operation,
  operations: readonly Operation[],
  description: string,
): Resource {
  const { path } = list
  const rows = operations.find(
    ({ path: other }) =>
      other.startsWith(`${path}/{`) && !other.slice(path.length + 1).includes('/'),
  )
  const member = rows?.path
  const at = (method: string, address?: string) =>
    operations.find(operation => operation.method === method && operation.path === address)
  const collections = operations.filter(isCollection).map(each => each.path)
  const below = operations.filter(
    each =>
      (isBelow(each.path, path) || isBelow(each.path, member ?? path)) &&
      !collections.includes(each.path),
  )
  return {
    name: list.tag,
    description,
    path,
    member,
    key: member?.slice(path.length + 2, -1) ?? '',
    fields: list.returned,
    filters: toFilters(list),
    search: list.parameters.find(({ name }) => name === 'q'),
    sorts: list.parameters.find(({ name }) => name === 'sort')?.words ?? [],
    list,
    create: withFields(at('POST', path), list.returned),
    read: at('GET', member),
    update: changed(withFields(at('PATCH', member), list.returned)),
    remove: at('DELETE', member),
    actions: below.filter(({ method }) => method === 'POST'),
    views: below.filter(({ method }) => method === 'GET'),
  }
}

/** What a member of the body is, is said once: where it is read. */
function withFields(operation: Operation | undefined, fields: readonly Field[]) {
  if (operation === undefined) return undefined
  const known = new Map(fields.map(({ name, description }) => [name, description]))
  const body = operation.body.map(field => ({
    ...field,
    description: field.description || (known.get(field.name) ?? ''),
  }))
  return { ...operation, body }
}

/** A patch needs no member, but one that is never null cannot be emptied. */
function changed(operation: Operation | undefined) {
  if (operation === undefined) return undefined
  const body = operation.body.map(field => ({ ...field, isRequired: !field.isNullable }))
  return { ...operation, body }
}

/** Whether it has the next part of the address: `/orders/{id}/cancel` and `/orders/large`. */
function isBelow(path: string, base: string): boolean {
  return path.startsWith(`${base}/`) && !/[{/]/.test(path.slice(base.length + 1))
}
