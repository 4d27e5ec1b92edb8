// The key of a resource that names none: an integer that the server makes.

import { maxInteger } from './kinds.ts'

export const serverKey = {
  type: 'integer',
  minimum: 1,
  maximum: maxInteger,
  description: 'Made by the server',
  examples: [1],
}

/** A client may propose a key up to here, so that the server's own never run out. */
export const maxProposedKey = 2_147_483_647
