// The rows that are created with a row to which they refer, all in one transaction: `lines` of an order.

import { hasScope } from '../access/access.ts'
import { credentialsMissing, insufficientScope } from '../access/bearer.ts'
import { requireWritable, seenBy } from '../access/field-scopes.ts'
import { Problem } from '../http/problem.ts'
import type { Json } from '../resource/field.ts'
import type { Include } from '../resource/include.ts'
import type { Model } from '../resource/model.ts'
import { choose, type Row, type SqlValue, type Values } from '../resource/row.ts'
import type { Work } from '../store/store.ts'
import { type Call, shownRow } from './call.ts'
import { tableOf } from './engine.ts'
import { atPointer } from './refused-part.ts'
import type { WriteContext } from './writing.ts'

/** Those of one kind. */
interface Children {
  readonly include: Include
  readonly rows: readonly Values[]
}

/** A checked body: the row itself, and the children that come with it. */
export interface Family {
  readonly values: Values
  readonly children: readonly Children[]
}

export function toFamily({ children }: Model, body: Values): Family {
  const sent = children.filter(({ name }) => Object.hasOwn(body, name))
  const names = sent.map(({ name }) => name)
  const own = Object.entries(body).filter(([name]) => !names.includes(name))
  return {
    values: Object.fromEntries(own),
    children: sent.map(include => ({ include, rows: body[include.name] as Json[] as Values[] })),
  }
}

/** Counts the children in the quotas of their caller. Throws a `Problem` for those that it may not create (401, 403, 429). */
export async function admitChildren(call: Call, { children }: Family): Promise<void> {
  const sent = children.filter(({ rows }) => rows.length > 0)
  const lacking = sent
    .map(({ include: { name, model } }) => ({ name, scope: `${model}:write` }))
    .filter(({ scope }) => !hasScope(call.principal, scope))
  if (lacking.length > 0) throw forbidden(call, lacking)
  await call.countRows(sent.reduce((sum, { rows }) => sum + rows.length, 1))
}

function forbidden(
  { principal }: Call,
  lacking: readonly { readonly name: string; readonly scope: string }[],
): Problem {
  if (principal.kind === 'anonymous') return credentialsMissing()
  return insufficientScope(
    [...new Set(lacking.map(({ scope }) => scope))].join(' '),
    lacking.map(({ name, scope }) => ({
      pointer: `#/${name}`,
      detail: `needs the scope ${scope}`,
    })),
  )
}

/** Creates the children of the row with this key, and gives them as `include` does. Throws a `RefusedPart` for one that is refused. */
export function* createChildren(
  context: WriteContext,
  { children }: Family,
  key: SqlValue,
): Work<Values> {
  const created: [name: string, Json][] = []
  for (const { include, rows } of children) {
    const stored: Row[] = []
    for (const [index, sent] of rows.entries())
      try {
        stored.push(yield* createChild(context, include, { ...sent, [include.field.name]: key }))
      } catch (error) {
        throw atPointer(`#/${include.name}/${index}`, error)
      }
    created.push([include.name, { items: toItems(context, include, stored), more: false }])
  }
  return Object.fromEntries(created)
}

function* createChild(context: WriteContext, { model, field }: Include, values: Values): Work<Row> {
  const table = tableOf(context.engine, model)
  const { [field.name]: _, ...sent } = values
  if (table.model.hasFieldScopes)
    requireWritable(context.principal, table.model, { sent, current: undefined })
  const { row } = yield* context.write(context, table, { operation: 'create', values })
  return row
}

/** In the order of their keys, as they are included. */
function toItems({ engine, principal }: WriteContext, { model }: Include, rows: readonly Row[]) {
  const seen = seenBy(principal, tableOf(engine, model).model).model
  const inOrder = rows.toSorted(([one = null], [other = null]) => compare(one, other))
  return inOrder.map(row => choose(shownRow(seen, row), seen.listed))
}

/** Texts by code point, as the databases compare them. */
function compare(one: SqlValue, other: SqlValue): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other
  return Buffer.compare(Buffer.from(String(one)), Buffer.from(String(other)))
}

/** 409 for a row that is there: what it would bring is not stored beside it. */
export function requireNoChildren({ children }: Family): void {
  const brought = children.find(({ rows }) => rows.length > 0)
  if (brought === undefined) return
  const { name } = brought.include
  throw new Problem('conflict', {
    detail: `The row is there already, so its ${name} are not replaced.`,
    errors: [{ pointer: `#/${name}`, detail: 'cannot be replaced: leave it out' }],
  })
}
