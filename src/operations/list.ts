// GET of a collection: a page of its rows.

import { json } from '../http/representation.ts'
import { listParameters } from '../query/query.ts'
import { listExample } from '../resource/example.ts'
import { schemaRef } from '../resource/shapes.ts'
import type { Address } from './address.ts'
import { describe, notModified } from './describe.ts'
import type { Operation } from './operation.ts'

export function listOperation(address: Address): Operation {
  const { model, parent, below, shapes } = address
  const list = listParameters(model, parent?.field)
  const wording = {
    id: 'list',
    verb: 'List',
    does: 'Returns a page of',
    more: `It is ordered by \`${model.key.name}\` unless \`sort\` says otherwise. Follow the \`Link\` header to the next page.`,
    plural: true,
  }
  return {
    kind: 'list',
    list,
    ...describe(address, wording, {
      method: 'GET',
      path: address.collection,
      pathParameters: address.collectionParameters,
      queryParameters: list.all,
      requestHeaders: ['If-Match', 'If-None-Match', 'Prefer'],
      preferences: ['count', 'handling'],
      bodies: [],
      offers: [json],
      successes: [
        {
          status: 200,
          description: `A page of ${model.name}`,
          headers: ['ETag', 'Link', 'X-Total-Count'],
          content: { schema: { type: 'array', items: schemaRef(shapes.view) }, example: listExample(model, below) },
        },
        notModified('PageNotModified', ['ETag', 'Link', 'X-Total-Count']),
      ],
      problems: ['invalidParameter', 'notAcceptable', 'preconditionFailed'],
      reads: true,
    }),
  }
}
