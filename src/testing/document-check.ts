// Holds every response against the document: status, header fields, media type and body.

import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import formatsPlugin from 'ajv-formats'
import type { OwnRoute } from '../docs/own-routes.ts'
import { isJson } from '../http/negotiate.ts'
import { formats } from '../resource/format.ts'
import { bodyFindings, findingToText } from '../validation/validator.ts'
import type {
  Answered,
  Document,
  Held,
  OperationObject,
  Reference,
  ResponseObject,
  Schema,
} from './document-types.ts'
import { isAnywhere, missingGeneral, undocumented } from './general-rules.ts'
import { itemsOf } from './items.ts'

export type * from './document-types.ts'

const outsideDocument = /^\/(?:openapi\.(?:json|yaml)|(?:docs|reference)(?:\/.*)?|console\/.*)$/

export class DocumentCheck {
  readonly #document: Document
  readonly #outside: readonly RegExp[]
  readonly #items: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>
  readonly #ajv: Ajv2020
  readonly #validators = new Map<string, ValidateFunction>()

  /** `outside`: addresses that are served without being in the document. */
  constructor(document: Document, outside: readonly OwnRoute[] = []) {
    this.#document = document
    this.#outside = outside.map(toPattern)
    this.#items = itemsOf<OperationObject>(document)
    this.#ajv = new Ajv2020({
      ownProperties: true,
      multipleOfPrecision: 9,
      strict: false,
      allErrors: true,
      // To compile the meta-schema would take longer than all else here.
      validateSchema: false,
    })
    formatsPlugin.default(this.#ajv)
    this.#ajv.addFormat('date-time', formats['date-time'].check)
    this.#ajv.addSchema({ $id: 'document', components: document.components } as Schema)
  }

  /** Every way in which a response is not as the document says. */
  mistakes(answer: Answered): string[] {
    const { method, status, headers } = answer
    // Pages are for people, at every address, and no part of the API.
    if (headers['content-type']?.startsWith('text/html')) return []
    const path = pathOf(answer)
    if (this.#outside.some(pattern => pattern.test(path))) return []
    const isOutside = outsideDocument.test(path)
    if (isOutside && status < 400) return []
    if (method === 'OPTIONS' && status === 204) return []
    const operation = this.#operationOf(path, method)
    const response = isOutside ? this.#other : this.#responseOf(operation, answer)
    if (response === undefined) return ['the document has no such response']
    const held = {
      answer,
      operation,
      response,
      heeds: this.#heeds(operation),
      limited: this.#limited,
    }
    return [...this.#headerMistakes(held), ...this.#bodyMistakes(held)]
  }

  get #other(): ResponseObject {
    return this.#document.components.responses.OtherProblem ?? {}
  }

  get #limited(): boolean {
    return this.#other.headers?.RateLimit !== undefined
  }

  #operationOf(path: string, method: string): OperationObject | undefined {
    const items = Object.entries(this.#items).filter(([template]) => matches(template, path))
    // A concrete address goes before a templated one (OpenAPI 3.1 §4.8.8.1).
    const templated = ([template]: [string, unknown]) => template.split('{').length
    const item = items.sort((one, other) => templated(one) - templated(other))[0]?.[1]
    return item?.[method === 'HEAD' ? 'get' : method.toLowerCase()]
  }

  /** `default` stands for a status only where any request may meet it; 404 and 405 for an address or method that is not there. */
  #responseOf(
    operation: OperationObject | undefined,
    answer: Answered,
  ): ResponseObject | undefined {
    const { status } = answer
    const own = operation?.responses[status]
    if (own !== undefined) return resolve(own, this.#document.components.responses)
    return isAnywhere(status, operation, this.#limited) ? this.#other : undefined
  }

  #heeds({ parameters = [] }: Partial<OperationObject> = {}): string[] {
    const components = this.#document.components.parameters
    return parameters.map(({ $ref, name = '' }) =>
      $ref === undefined ? name : (components[nameOf($ref)]?.name ?? ''),
    )
  }

  #headerMistakes(held: Held): string[] {
    const { answer, response } = held
    const documented = Object.entries(response.headers ?? {})
    const missing = documented
      .filter(([, header]) => resolve(header, this.#document.components.headers).required === true)
      .filter(([name]) => answer.headers[name.toLowerCase()] === undefined)
    const names = documented.map(([name]) => name.toLowerCase())
    return [
      ...missing.map(([name]) => `the documented header field ${name} is missing`),
      ...missingGeneral(held).map(name => `the header field ${name} is missing`),
      ...undocumented(held, names).map(name => `the header field ${name} is not documented`),
    ]
  }

  #bodyMistakes({ answer, response: { content } }: Held): string[] {
    const { body, headers, method } = answer
    const minimal = headers['preference-applied']?.includes('return=minimal')
    const type = headers['content-type']?.split(';')[0] ?? ''
    // No rows in lines are no lines.
    const mayBeEmpty = method === 'HEAD' || minimal || type === 'application/x-ndjson'
    if (body === '')
      return content === undefined || mayBeEmpty ? [] : ['the documented body is missing']
    const schema = content?.[type]?.schema
    if (schema === undefined) return [`the media type ${type} is not documented`]
    const validate = this.#validator(schema)
    const value: unknown = isJson(type) ? JSON.parse(body) : body
    if (validate(value)) return []
    const findings = bodyFindings(validate.errors ?? []).map(findingToText)
    return [`${findings.join('; ')} in ${body}`]
  }

  #validator(schema: Schema): ValidateFunction {
    const text = JSON.stringify(closed(schema)).replaceAll(
      '"#/components/',
      '"document#/components/',
    )
    const known = this.#validators.get(text) ?? this.#ajv.compile(JSON.parse(text))
    this.#validators.set(text, known)
    return known
  }
}

/** `/files/{name}/*` as a pattern of addresses. */
function toPattern({ path }: OwnRoute): RegExp {
  const written = path.replaceAll(/[.+?^$|\\]/g, '\\$&')
  return new RegExp(`^${written.replaceAll('*', '.*').replaceAll(/\{\w+\}/g, '[^/]+')}$`)
}

function pathOf({ url }: Answered): string {
  const [path = ''] = url.split('?')
  const plain = path.replace(/^\/v1(?=\/|$)/, '').replace(/(?<=.)\/$/, '') || '/'
  // `/%63ountries` is `/countries` (RFC 3986 §6.2.2.2).
  return plain.replaceAll(/%[46][1-9A-F]|%[57][0-9A]/gi, decodeURIComponent)
}

function resolve<T extends Reference>(object: T, components: Readonly<Record<string, T>>): T {
  return object.$ref === undefined ? object : (components[nameOf(object.$ref)] ?? object)
}

function nameOf(reference: string): string {
  return reference.split('/').at(-1) ?? ''
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
