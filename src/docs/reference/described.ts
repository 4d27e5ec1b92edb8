// The document, as the reference reads it: its operations by tag, with everything that they name by reference.

export interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly format?: string
  readonly description?: string
  readonly deprecated?: boolean
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly default?: unknown
  readonly examples?: readonly unknown[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly oneOf?: readonly Schema[]
  readonly anyOf?: readonly Schema[]
  readonly [keyword: string]: unknown
}

interface Reference {
  readonly $ref?: string
}

export interface Parameter {
  readonly name: string
  readonly in: string
  readonly required?: boolean
  readonly description?: string
  readonly deprecated?: boolean
  readonly schema: Schema
  readonly example?: unknown
}

export interface Media {
  readonly schema?: Schema
  readonly example?: unknown
  readonly examples?: Readonly<Record<string, { readonly value?: unknown }>>
}

export type Content = Readonly<Record<string, Media>>

export interface Response {
  readonly description: string
  readonly headers?: Readonly<Record<string, object>>
  readonly content?: Content
}

interface WrittenOperation {
  readonly operationId: string
  readonly summary: string
  readonly description?: string
  readonly tags?: readonly string[]
  readonly deprecated?: boolean
  readonly security?: readonly object[]
  readonly parameters?: readonly (Parameter & Reference)[]
  readonly requestBody?: { readonly content: Content }
  readonly responses: Readonly<Record<string, Response & Reference>>
}

type Item = Readonly<Record<string, unknown>>

export interface ReadDocument {
  readonly info: { readonly title: string; readonly version: string; readonly description?: string }
  readonly security?: readonly object[]
  readonly tags: readonly { readonly name: string; readonly description: string }[]
  readonly paths: Readonly<Record<string, Item>>
  readonly components: Readonly<Record<string, Readonly<Record<string, object>>>>
}

/** One operation, with its references resolved but for those in its schemas. */
export interface Described extends Omit<WrittenOperation, 'parameters' | 'responses'> {
  readonly method: string
  readonly path: string
  readonly tag: string
  readonly parameters: readonly Parameter[]
  readonly responses: Readonly<Record<string, Response>>
  /** Whether a caller needs credentials. */
  readonly secured: boolean
}

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const

export function operationsOf(document: ReadDocument): readonly Described[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    methods.flatMap(method => {
      const operation = item[method] as WrittenOperation | undefined
      return operation === undefined ? [] : describe(document, { path, method, item, operation })
    }),
  )
}

interface Found {
  readonly path: string
  readonly method: string
  readonly item: Item
  readonly operation: WrittenOperation
}

function describe(document: ReadDocument, { path, method, item, operation }: Found): Described {
  const shared = (item.parameters ?? []) as readonly (Parameter & Reference)[]
  const parameters = [...shared, ...(operation.parameters ?? [])]
  const responses = Object.entries(operation.responses).map(([status, response]) => [
    status,
    resolve(document, response),
  ])
  return {
    ...operation,
    path,
    method: method.toUpperCase(),
    tag: operation.tags?.[0] ?? 'service',
    parameters: parameters.map(parameter => resolve(document, parameter)),
    responses: Object.fromEntries(responses),
    secured: needsCredentials(operation.security ?? document.security ?? []),
  }
}

/** An empty alternative says that it can be called without. */
function needsCredentials(security: readonly object[]): boolean {
  return security.length > 0 && security.every(scheme => Object.keys(scheme).length > 0)
}

export function resolve<T extends Reference>({ components }: ReadDocument, node: T): T {
  const [, , kind = '', name = ''] = node.$ref?.split('/') ?? []
  return node.$ref === undefined ? node : ((components[kind]?.[name] ?? {}) as T)
}

/** `Book` of `#/components/schemas/Book`. */
export function nameOf({ $ref }: Reference): string | undefined {
  return $ref?.split('/').at(-1)
}
