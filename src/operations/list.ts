// GET of a collection: a page of its rows.

import { listRepresentations } from '../http/representation.ts'
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
    more: '',
    plural: true,
  }
  return {
    kind: 'list',
    list,
    ...describe(address, wording, {
      method: 'GET',
      on: 'collection',
      queryParameters: list.all,
      requestHeaders: ['If-Match', 'If-None-Match', 'Prefer'],
      preferences: ['count', 'csv', 'handling'],
      bodies: [],
      offers: listRepresentations,
      successes: [
        {
          status: 200,
          description: `A page of ${model.name}`,
          headers: ['Page-ETag', 'Page-Link', 'X-Total-Count', 'Content-Disposition'],
          content: {
            schema: { type: 'array', items: schemaRef(shapes.view) },
            example: listExample(model, below),
            fields: model.listed,
            hasSchemaExample: model.listed === model.shown,
          },
          component: `${model.component}Page`,
        },
        notModified('PageNotModified', ['ETag', 'Link', 'X-Total-Count']),
      ],
      problems: ['invalidParameter', 'notAcceptable', 'preconditionFailed'],
      reads: true,
    }),
  }
}
