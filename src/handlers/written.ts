// The preconditions of a write, and the answer to it.

import type { Answer } from '../http/answer.ts'
import { ifMatchHolds, ifNoneMatchHolds } from '../http/conditional.ts'
import { Problem } from '../http/problem.ts'
import type { Operation } from '../operations/operation.ts'
import type { Field } from '../resource/field.ts'
import { type Row, type SqlValue, toStored, type Values } from '../resource/row.ts'
import {
  addressOf,
  type Call,
  pathOf,
  represent,
  representationFields,
  rowTag,
  shownRow,
} from './call.ts'

/** The preconditions of a write, checked in its transaction (RFC 9110 §13.2.2; RFC 6585 §3). */
export function requirePreconditions(
  operation: Operation,
  call: Call,
  current: Row | undefined,
): void {
  const { requireIfMatch } = operation.model
  const { ifMatch, ifNoneMatch } = call.conditions
  const tag = current === undefined ? undefined : rowTag(operation, call, { row: current })
  if (!ifMatchHolds(ifMatch, tag) || !ifNoneMatchHolds(ifNoneMatch, tag))
    throw new Problem('preconditionFailed', tag === undefined ? {} : { headers: { etag: tag } })
  if (requireIfMatch && current !== undefined && ifMatch === undefined)
    throw new Problem('preconditionRequired')
}

/** 409 if the body contradicts a member that the address gives. */
export function requireSame(field: Field, fromAddress: SqlValue, fromBody: unknown): void {
  if (fromBody === undefined || toStored(field, fromBody) === fromAddress) return
  const { name } = field
  throw new Problem('conflict', {
    detail: `The ${name} in the body is not the one in the address.`,
    errors: [{ pointer: `#/${name}`, detail: `must equal ${fromAddress}, as in the address` }],
  })
}

interface WrittenRow {
  readonly row: Row
  readonly created?: boolean
  /** The rows that were created with it, as `include` returns them. */
  readonly included?: Values | undefined
}

/** The answer to a write: the representation, or no body if the caller prefers that (RFC 7240 §4.2). */
export function writtenAnswer(
  operation: Operation,
  call: Call,
  { row, created = false, included }: WrittenRow,
): Answer {
  const address = addressOf(call, collectionOf(operation, call), row[0] ?? null)
  const headers = {
    ...representationFields(operation, call),
    ...(created && { location: address }),
  }
  if (call.preferences.return === 'minimal') {
    const status = created ? 201 : 204
    return {
      status,
      headers: { ...headers, ...tagAlone(operation, status, rowTag(operation, call, { row })) },
      body: '',
    }
  }
  const names = Object.keys(included ?? {}).join()
  const content = names === '' ? address : `${address}?include=${names}`
  const etag = rowTag(operation, call, { row, included })
  const shown = shownRow(call.seen, row)
  // The tag belongs to the content, which is what a read of this address would return (RFC 9110 §8.7).
  return represent(call, {
    status: created ? 201 : 200,
    headers: { ...headers, 'content-location': content, etag },
    value: included === undefined ? shown : { ...shown, ...included },
    fields: call.seen.shown,
  })
}

/**
 * The tag without its content, where the operation has it. A caller of PUT would take it for the tag of the text that it
 * sent, which is not what is stored (RFC 9110 §9.3.4).
 */
function tagAlone({ successes }: Operation, status: number, tag: string): Record<string, string> {
  const success = successes.find(each => each.status === status)
  const hasTag = success?.headers.some(name => name === 'ETag' || name === 'Created-ETag')
  return hasTag ? { etag: tag } : {}
}

/** The path before the key of the row, behind which an action has its name. */
function collectionOf({ model, path }: Operation, call: Call): string {
  const at = path.split('/').lastIndexOf(`{${model.key.name}}`)
  return at === -1 ? pathOf(call) : pathOf(call).split('/').slice(0, at).join('/')
}
