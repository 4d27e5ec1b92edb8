// GET of figures of a collection: `GET /sales/summary?group_by=currency&sum=amount`.

import { listRepresentations } from '../http/representation.ts'
import { figuresShape, summaryColumns, summaryParameters } from '../query/summary.ts'
import { fieldExample } from '../resource/field-example.ts'
import { summaryName } from '../resource/names.ts'
import { schemaRef } from '../resource/shapes.ts'
import type { Address } from './address.ts'
import { describe, notModified } from './describe.ts'
import type { Operation } from './operation.ts'

const wording = {
  id: 'summarize',
  verb: 'Summarize',
  does: 'Returns figures of',
  more: 'There is a row for each group, in the order of the groups.',
  plural: true,
}

export function summaryOperation(address: Address): Operation {
  const { model, parent } = address
  const offered = summaryParameters(model, parent?.field)
  const { groups, figures } = offered
  const shape = figuresShape(model, offered)
  const shown = summaryColumns({
    groups: groups.filter(({ field }) => field !== model.key).slice(0, 1),
    figures: figures.slice(0, 2),
  }).map(({ shown }) => shown)
  const example = Object.fromEntries(shown.map(field => [field.name, fieldExample(field)]))
  return {
    kind: 'summary',
    offered,
    ...describe(address, wording, {
      method: 'GET',
      on: 'collection',
      path: `${address.collection}/${summaryName}`,
      queryParameters: offered.all,
      requestHeaders: ['If-Match', 'If-None-Match', 'Prefer'],
      preferences: ['csv', 'handling'],
      bodies: [],
      components: [shape],
      offers: listRepresentations,
      successes: [
        {
          status: 200,
          description: `Figures of ${model.name}`,
          headers: ['Page-ETag', 'Content-Disposition'],
          content: {
            schema: { type: 'array', items: schemaRef(shape) },
            example: [example],
            fields: shown,
          },
        },
        notModified('NotModified', ['ETag']),
      ],
      problems: ['invalidParameter', 'notAcceptable', 'preconditionFailed', 'conflict'],
      reads: true,
    }),
  }
}
