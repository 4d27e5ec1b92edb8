// GET of a view that a definition brings: something that is computed for readers.

import { json } from '../http/representation.ts'
import type { Parameter } from '../query/parameter.ts'
import type { OwnView } from '../resource/actions.ts'
import { fieldExample } from '../resource/field-example.ts'
import { withoutExamples } from '../resource/field-shape.ts'
import type { Address } from './address.ts'
import { describe } from './describe.ts'
import type { Operation } from './operation.ts'
import { contentOf, noWords, placeOf, wordsOf } from './own.ts'

export function viewOperation(address: Address, view: OwnView): Operation {
  const { on, scope, summary } = view
  const described = describe(address, noWords, {
    method: 'GET',
    ...placeOf(address, view),
    queryParameters: parametersOf(view),
    requestHeaders: ['Prefer'],
    preferences: ['handling'],
    bodies: [],
    offers: [json],
    successes: [{ status: 200, description: summary, headers: [], content: contentOf(view) }],
    problems: [
      'invalidParameter',
      'notAcceptable',
      'conflict',
      ...(on === 'member' ? (['notFound'] as const) : []),
    ],
    reads: true,
    ...(scope === undefined ? {} : { scope }),
  })
  return { kind: 'view', view, ...described, ...wordsOf(address.model, view) }
}

function parametersOf({ parameters = [] }: OwnView): readonly Parameter[] {
  return parameters.map(field => {
    const { description, ...schema } = withoutExamples(field.schema)
    return {
      name: field.name,
      ...(description === undefined ? {} : { description: String(description) }),
      schema: field.default === undefined ? schema : { ...schema, default: field.default },
      example: fieldExample({ ...field, nullable: false }),
      isRequired: field.required,
    }
  })
}
