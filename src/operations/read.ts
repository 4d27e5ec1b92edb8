// GET of a member.

import { json } from '../http/representation.ts'
import { fieldsParameter } from '../query/query.ts'
import { rowExample } from '../resource/example.ts'
import { schemaRef } from '../resource/shapes.ts'
import type { Address } from './address.ts'
import { describe, notModified } from './describe.ts'
import type { Operation } from './operation.ts'

const wording = {
  id: 'read',
  verb: 'Read',
  does: 'Returns',
  more: 'Send the `ETag` of an earlier response as `If-None-Match` to get 304 if nothing has changed.',
}

export function readOperation(address: Address): Operation {
  const { model, below, shapes } = address
  return {
    kind: 'read',
    ...describe(address, wording, {
      method: 'GET',
      path: address.member,
      pathParameters: address.memberParameters(),
      queryParameters: [fieldsParameter(model)],
      requestHeaders: ['If-Match', 'If-None-Match', 'Prefer'],
      preferences: ['handling'],
      bodies: [],
      offers: [json],
      successes: [
        {
          status: 200,
          description: `The ${model.singular}`,
          headers: ['ETag'],
          content: { schema: schemaRef(shapes.view), example: rowExample(model, below) },
        },
        notModified('NotModified', ['ETag']),
      ],
      problems: ['invalidParameter', 'notFound', 'notAcceptable', 'preconditionFailed'],
      reads: true,
    }),
  }
}
