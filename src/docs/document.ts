// The document on Fastify, by @fastify/swagger: `app.swagger()` gives it, and Swagger UI shows it.

import swagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import type { OpenapiDocument } from './openapi.ts'

export async function registerDocument(
  app: FastifyInstance,
  make: () => OpenapiDocument,
): Promise<void> {
  await app.register(swagger, {
    mode: 'static',
    specification: { document: lazily(make) as never },
  })
}

const members = ['openapi', 'info', 'servers', 'security', 'tags', 'paths', 'components'] as const

/**
 * A start need not wait for the document: its members are made when the first of them is read. It is not kept, because it is
 * served as text.
 */
function lazily(make: () => OpenapiDocument): object {
  let made: WeakRef<OpenapiDocument> | undefined
  const read = (name: keyof OpenapiDocument) => {
    const document = made?.deref() ?? make()
    made = new WeakRef(document)
    return document[name]
  }
  return Object.defineProperties(
    {},
    Object.fromEntries(members.map(name => [name, { enumerable: true, get: () => read(name) }])),
  )
}
