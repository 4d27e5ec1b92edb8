// The parts of an OpenAPI document that responses are held against, and what a response is here.

export interface Answered {
  readonly method: string
  readonly url: string
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export type Schema = Record<string, unknown>

export interface Reference {
  readonly $ref?: string
}

export interface HeaderObject extends Reference {
  readonly required?: boolean
}

export interface ResponseObject extends Reference {
  readonly headers?: Readonly<Record<string, HeaderObject>>
  readonly content?: Readonly<Record<string, { schema: Schema }>>
}

export interface OperationObject {
  readonly operationId: string
  readonly tags: readonly string[]
  readonly parameters?: readonly (Reference & { readonly name?: string })[]
  readonly requestBody?: object
  readonly security?: readonly object[]
  readonly responses: Readonly<Record<string, ResponseObject>>
}

export interface Document {
  readonly security?: readonly object[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>
  readonly components: {
    readonly responses: Readonly<Record<string, ResponseObject>>
    readonly headers: Readonly<Record<string, HeaderObject>>
    readonly parameters: Readonly<Record<string, { readonly name: string }>>
    readonly schemas: Readonly<Record<string, Schema>>
  }
}

/** A response, and what the document has for it. */
export interface Held {
  readonly answer: Answered
  /** None where the address or its method is not in the document. */
  readonly operation: OperationObject | undefined
  readonly response: ResponseObject
  /** The request header fields that the operation heeds. */
  readonly heeds: readonly string[]
  /** Whether the service limits requests. */
  readonly limited: boolean
}
