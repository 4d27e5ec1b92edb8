// Holds every answer against the document: status, header fields, media type and body.

import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import formatsPlugin from 'ajv-formats'
import type { Test } from 'tap'
import { formats } from '../../src/resource/format.ts'

export interface Answered {
  readonly method: string
  readonly url: string
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

type Schema = Record<string, unknown>

interface ResponseObject {
  readonly $ref?: string
  readonly headers?: Record<string, Schema>
  readonly content?: Record<string, { schema: Schema }>
}

export interface Document {
  readonly paths: Record<string, Record<string, { operationId: string; responses: Record<string, ResponseObject> }>>
  readonly components: { readonly responses: Record<string, ResponseObject>; readonly schemas: Record<string, Schema> }
}

/** Set by Node and Fastify on any answer; not the document's business. */
const transportFields = [
  'x-content-type-options',
  'content-security-policy',
  'content-length',
  'content-type',
  'date',
  'connection',
  'keep-alive',
  'transfer-encoding',
]
const outsideDocument = /^\/(?:openapi\.(?:json|yaml)|docs(?:\/.*)?)$/

export class DocumentCheck {
  readonly #document: Document
  readonly #ajv: Ajv2020
  readonly #validators = new Map<string, ValidateFunction>()

  constructor(document: Document) {
    this.#document = document
    this.#ajv = new Ajv2020({ strict: false, allErrors: true })
    formatsPlugin.default(this.#ajv)
    this.#ajv.addFormat('date-time', formats['date-time'].check)
    this.#ajv.addSchema({ $id: 'document', components: document.components } as Schema)
  }

  /** Fails the test for whatever an answer has that the document does not say. */
  check(t: Test, answer: Answered): void {
    const at = `${answer.method} ${answer.url} → ${answer.status}`
    const path =
      answer.url
        .split('?')[0]
        ?.replace(/^\/v1(?=\/|$)/, '')
        .replace(/(?<=.)\/$/, '') || '/'
    if (outsideDocument.test(path) && answer.status < 400) return
    if (answer.method === 'OPTIONS' && answer.status === 204) return
    const response = this.#responseOf(path, answer)
    const isOperation = this.#operationOf(path, answer) !== undefined
    if (response === undefined) return void t.fail(`${at}: the document has no such answer`)
    this.#checkHeaders(t, at, { response, isOperation }, answer)
    if (answer.body !== '') this.#checkBody(t, at, response, answer)
  }

  /** A problem where there is no operation at all: an unknown address or method. */
  #responseOf(path: string, answered: Answered): ResponseObject | undefined {
    const operation = this.#operationOf(path, answered)
    const { status } = answered
    const found = operation?.responses[status] ?? (status >= 400 ? this.#other(operation) : undefined)
    return found?.$ref === undefined ? found : this.#document.components.responses[found.$ref.split('/').at(-1) ?? '']
  }

  #operationOf(path: string, { method }: Answered) {
    const item = Object.entries(this.#document.paths).find(([template]) => matches(template, path))?.[1]
    return item?.[method === 'HEAD' ? 'get' : method.toLowerCase()]
  }

  #other(operation: { responses: Record<string, ResponseObject> } | undefined): ResponseObject | undefined {
    return operation?.responses.default ?? this.#document.components.responses.OtherProblem
  }

  #checkHeaders(
    t: Test,
    at: string,
    { response: { headers = {} }, isOperation }: { response: ResponseObject; isOperation: boolean },
    answer: Answered,
  ): void {
    const known = [...transportFields, ...Object.keys(headers).map(name => name.toLowerCase())]
    for (const name of Object.keys(answer.headers)) if (name.startsWith('access-control-')) known.push(name)
    if (answer.headers.vary === 'Origin') known.push('vary')
    if (answer.status === 405) known.push('allow')
    if (answer.status === 401 && !isOperation) known.push('www-authenticate')
    for (const name of Object.keys(answer.headers))
      if (!known.includes(name)) t.fail(`${at}: the header field ${name} is not documented`)
  }

  #checkBody(t: Test, at: string, { content = {} }: ResponseObject, answer: Answered): void {
    const type = answer.headers['content-type']?.split(';')[0] ?? ''
    const schema = content[type]?.schema
    if (schema === undefined) return void t.fail(`${at}: the media type ${type} is not documented`)
    const validate = this.#validator(schema)
    if (!validate(JSON.parse(answer.body))) t.fail(`${at}: ${this.#ajv.errorsText(validate.errors)} in ${answer.body}`)
  }

  #validator(schema: Schema): ValidateFunction {
    const text = JSON.stringify(closed(schema)).replaceAll('"#/components/', '"document#/components/')
    const known = this.#validators.get(text) ?? this.#ajv.compile(JSON.parse(text))
    this.#validators.set(text, known)
    return known
  }
}

/** Clients must ignore members they do not know; a test must not. */
function closed(schema: Schema): Schema {
  if (schema.type === 'array') return { ...schema, items: closed(schema.items as Schema) }
  return { ...schema, unevaluatedProperties: false }
}

function matches(template: string, path: string): boolean {
  const pattern = template.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')
  return new RegExp(`^${pattern}$`).test(path)
}
