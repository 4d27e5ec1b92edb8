// The operations of a document as a caller finds them there, and a request of each made of its examples.

import { itemsOf } from '../../src/testing/items.ts'
import type { Received, Service } from './service.ts'

interface Parameter {
  readonly name: string
  readonly in: string
  readonly required?: boolean
  readonly example?: unknown
  readonly schema: { readonly examples?: readonly unknown[]; readonly minimum?: number }
}

interface RawOperation {
  readonly security?: readonly object[]
  readonly 'x-required-scopes'?: readonly string[]
  readonly parameters?: readonly (Partial<Parameter> & { readonly $ref?: string })[]
  readonly requestBody?: { readonly content: Record<string, { readonly example: unknown }> }
}

export interface Described {
  /** `POST /books`. */
  readonly at: string
  readonly method: string
  readonly path: string
  /** Whether it cannot be done without credentials. */
  readonly secured: boolean
  readonly scopes: readonly string[]
  readonly raw: RawOperation
}

export function operationsOf(document: Service['document']): readonly Described[] {
  return Object.entries(itemsOf<RawOperation>(document)).flatMap(([path, item]) =>
    Object.entries(item).map(([method, raw]) => {
      const { security = [], 'x-required-scopes': scopes = [] } = raw
      const secured =
        security.length > 0 && security.every(requirement => Object.keys(requirement).length > 0)
      return { at: `${method.toUpperCase()} ${path}`, method, path, secured, scopes, raw }
    }),
  )
}

/** Sends the operation as its examples have it, or with a body of `application/json`. */
export function sendExample(
  { request, document }: Service,
  { method, path, raw }: Described,
  headers: Readonly<Record<string, string>> = {},
  sent?: object,
): Promise<Received> {
  const components = document.components as unknown as { parameters: Record<string, Parameter> }
  const parameters = (raw.parameters ?? []).map(
    parameter => components.parameters[parameter.$ref?.split('/').at(-1) ?? ''] ?? parameter,
  )
  const url = path.replaceAll(/\{(\w+)\}/g, (_, name) => {
    const found = parameters.find(parameter => parameter.name === name && parameter.in === 'path')
    return encodeURIComponent(String(found?.example ?? found?.schema?.examples?.[0] ?? 1))
  })
  if (sent !== undefined) return request(method.toUpperCase(), url, { json: sent, headers })
  const [body] = Object.entries(raw.requestBody?.content ?? {})
  if (body === undefined) return request(method.toUpperCase(), url, { headers })
  const [type, { example }] = body
  return request(method.toUpperCase(), url, {
    json: example,
    headers: { 'content-type': type, ...headers },
  })
}
