// What can be done to a row or a collection: method, media types, header fields and refusals of each kind of operation.

import type { Preference } from './prefer.ts'
import type { ProblemKind } from './problem.ts'

/** The last three are about API keys. */
export type Action =
  | 'list'
  | 'create'
  | 'read'
  | 'replace'
  | 'update'
  | 'remove'
  | 'compute'
  | 'issue'
  | 'revoke'
  | 'rotate'

export interface Traits {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Media types of the body, the preferred one first; none where there is no body. */
  readonly accepts: readonly string[]
  /** Media types of the answer, the default first; none where it has no body. */
  readonly offers: readonly string[]
  readonly successes: readonly number[]
  /** The header fields that it heeds. */
  readonly heeds: readonly RequestHeader[]
  readonly preferences: readonly Preference[]
  readonly problems: readonly ProblemKind[]
}

export type RequestHeader = 'If-Match' | 'If-None-Match' | 'Idempotency-Key' | 'Prefer'

export const json = 'application/json'
const mergePatchType = 'application/merge-patch+json'
export const jsonPatchType = 'application/json-patch+json'
/** Of all bodies. */
export const bodyTypes = [json, mergePatchType, jsonPatchType]

const bodyProblems = ['malformed', 'contentTooLarge', 'unsupportedMediaType', 'invalidBody'] as const
const writeProblems = [...bodyProblems, 'invalidParameter', 'notAcceptable', 'conflict', 'insufficientStorage'] as const

const removal: Traits = {
  method: 'DELETE',
  accepts: [],
  offers: [],
  successes: [204],
  heeds: ['If-Match', 'If-None-Match', 'Prefer'],
  preferences: ['handling'],
  problems: ['invalidParameter', 'notFound', 'preconditionFailed', 'insufficientStorage'],
}

export const traits: Record<Action, Traits> = {
  list: {
    method: 'GET',
    accepts: [],
    offers: [json],
    successes: [200, 304],
    heeds: ['If-Match', 'If-None-Match', 'Prefer'],
    preferences: ['count', 'handling'],
    problems: ['invalidParameter', 'notAcceptable', 'preconditionFailed'],
  },
  create: {
    method: 'POST',
    accepts: [json],
    offers: [json],
    successes: [201],
    heeds: ['Idempotency-Key', 'Prefer'],
    preferences: ['return', 'handling'],
    problems: [...writeProblems, 'idempotencyKeyInUse', 'idempotencyKeyReused'],
  },
  read: {
    method: 'GET',
    accepts: [],
    offers: [json],
    successes: [200, 304],
    heeds: ['If-Match', 'If-None-Match', 'Prefer'],
    preferences: ['handling'],
    problems: ['invalidParameter', 'notFound', 'notAcceptable', 'preconditionFailed'],
  },
  replace: {
    method: 'PUT',
    accepts: [json],
    offers: [json],
    successes: [200, 204],
    heeds: ['If-Match', 'If-None-Match', 'Prefer'],
    preferences: ['return', 'handling'],
    problems: [...writeProblems, 'preconditionFailed'],
  },
  update: {
    method: 'PATCH',
    accepts: [mergePatchType, json, jsonPatchType],
    offers: [json],
    successes: [200, 204],
    heeds: ['If-Match', 'If-None-Match', 'Prefer'],
    preferences: ['return', 'handling'],
    problems: [...writeProblems, 'notFound', 'preconditionFailed'],
  },
  remove: removal,
  compute: {
    method: 'GET',
    accepts: [],
    offers: [json],
    successes: [200],
    heeds: ['Prefer'],
    preferences: ['handling'],
    problems: ['invalidParameter', 'notFound', 'notAcceptable'],
  },
  issue: {
    method: 'POST',
    accepts: [json],
    offers: [json],
    successes: [201],
    heeds: ['Idempotency-Key', 'Prefer'],
    preferences: ['handling'],
    problems: [...writeProblems, 'idempotencyKeyInUse', 'idempotencyKeyReused'],
  },
  revoke: removal,
  rotate: {
    method: 'POST',
    accepts: [],
    offers: [json],
    successes: [200],
    heeds: ['Idempotency-Key', 'Prefer'],
    preferences: ['handling'],
    problems: [
      'invalidParameter',
      'notFound',
      'notAcceptable',
      'insufficientStorage',
      'idempotencyKeyInUse',
      'idempotencyKeyReused',
    ],
  },
}
