// GET of a row.

import { json } from '../http/representation.ts'
import { includeParameters } from '../query/include.ts'
import { fieldsParameter } from '../query/query.ts'
import { schemaRef } from '../resource/shapes.ts'
import type { Address } from './address.ts'
import { describe, notModified } from './describe.ts'
import type { OperationOf } from './operation.ts'

const wording = {
  id: 'read',
  verb: 'Read',
  does: 'Returns',
  more: '',
}

export function readOperation(address: Address): OperationOf<'read'> {
  const { model, shapes } = address
  return {
    kind: 'read',
    ...describe(address, wording, {
      method: 'GET',
      on: 'member',
      queryParameters: [fieldsParameter(model), ...includeParameters(model)],
      requestHeaders: ['If-Match', 'If-None-Match', 'Prefer'],
      preferences: ['handling'],
      bodies: [],
      offers: [json],
      successes: [
        {
          status: 200,
          description: `The ${model.singular}`,
          headers: ['ETag'],
          content: { schema: schemaRef(shapes.view) },
          component: `${model.component}Found`,
        },
        notModified('NotModified', ['ETag']),
      ],
      problems: ['invalidParameter', 'notFound', 'notAcceptable', 'preconditionFailed'],
      reads: true,
    }),
  }
}
