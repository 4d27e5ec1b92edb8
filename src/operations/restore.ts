// POST to a deleted row that is kept: brings it back.

import { json } from '../http/representation.ts'
import type { Address } from './address.ts'
import { describe, saved, withoutBody } from './describe.ts'
import type { Operation } from './operation.ts'

const wording = {
  id: 'restore',
  verb: 'Restore',
  does: 'Brings back',
  more: 'It is as it was before it was deleted. Rows that were deleted with it stay deleted.',
}

export function restoreOperation(address: Address): Operation {
  return {
    kind: 'restore',
    ...describe(address, wording, {
      method: 'POST',
      on: 'member',
      path: `${address.member}/restore`,
      // Nobody has seen the ETag of a deleted row, so there is no If-Match.
      requestHeaders: ['Idempotency-Key', 'Prefer'],
      preferences: ['return', 'handling'],
      bodies: [],
      offers: [json],
      successes: [saved(address), withoutBody('Saved', ['ETag'])],
      problems: [
        'invalidParameter',
        'refusedByRule',
        'notFound',
        'notAcceptable',
        'conflict',
        'insufficientStorage',
        'idempotencyKeyInUse',
        'idempotencyKeyReused',
      ],
      reads: false,
    }),
  }
}
