// GET of a collection: a page of its rows.

import { json } from '../http/representation.ts'
import { listParameters } from '../query/query.ts'
import { listExample } from '../resource/example.ts'
import { schemaRef } from '../resource/shapes.ts'
import type { Address } from './address.ts'
import { describe, notModified } from './describe.ts'
import type { Operation } from './operation.ts'

export function listOperation(address: Address): Operation {
  const { model, parent, shapes } = address
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
      preferences: ['count', 'handling'],
      bodies: [],
      offers: [json],
      successes: [
        {
          status: 200,
          description: `A page of ${model.name}`,
          headers: ['ETag', 'Link', 'X-Total-Count'],
          content: {
            schema: { type: 'array', items: schemaRef(shapes.view) },
            ...pageExample(address),
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

/** Of a list that shows less than the whole rows, of which their shape has an example. */
function pageExample({ model, below }: Address): { example?: unknown } {
  return model.listed === model.shown ? {} : { example: listExample(model, below) }
}
