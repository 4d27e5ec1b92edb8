// GET of a custom route: what a definition computes from one of its rows.

import { json } from '../http/representation.ts'
import { answerShape } from '../resource/answer-shape.ts'
import { parentKeyExample } from '../resource/example.ts'
import { schemaExample } from '../resource/field-example.ts'
import type { CustomRoute } from '../resource/resource.ts'
import { schemaRef } from '../resource/shapes.ts'
import type { Address } from './address.ts'
import { describe } from './describe.ts'
import type { Operation } from './operation.ts'

type Custom = CustomRoute<Record<string, unknown>>

export function computeOperation(address: Address, custom: Custom): Operation {
  const { model } = address
  const described = describe(address, none, {
    method: 'GET',
    on: 'member',
    path: `${address.member}/${custom.name}`,
    // The example is a row that others refer to: the last row may have been deleted as the example of DELETE.
    pathParameters: address.memberParameters(parentKeyExample(model)),
    requestHeaders: ['Prefer'],
    preferences: ['handling'],
    bodies: [],
    offers: [json],
    successes: [
      {
        status: 200,
        description: custom.summary,
        headers: [],
        content: {
          schema: schemaRef({ $id: custom.component }),
          example: schemaExample(answerShape(custom.response)),
        },
      },
    ],
    problems: ['invalidParameter', 'notFound', 'notAcceptable'],
    reads: true,
    file: model.file,
  })
  return { kind: 'compute', custom, ...described, ...words(custom) }
}

const none = { id: '', verb: '', does: '', more: '' }

/** The description of the definition, after the sentence that says what the operation does. */
function words({ operationId, summary, description }: Custom) {
  const sentence = summary.replace(/\.?$/, '.')
  return {
    id: operationId,
    summary,
    description: description === undefined ? sentence : `${sentence} ${description}`,
  }
}
