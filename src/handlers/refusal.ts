// The meaning of a violated constraint for the caller. It must not reveal rows that do not exist for that caller.

import { type Principal, seesAll } from '../access/access.ts'
import { ownRows } from '../access/ownership.ts'
import { type Finding, Problem } from '../http/problem.ts'
import type { Filter } from '../query/filter.ts'
import { capitalized, withArticle } from '../resource/english.ts'
import { columnOf, type Field } from '../resource/field.ts'
import type { Model } from '../resource/model.ts'
import { ownerFieldOf } from '../resource/owner.ts'
import type { Change } from '../resource/resource.ts'
import { ownMember, type SqlValue, toStored, type Values } from '../resource/row.ts'
import { selectCount, selectForShare, selectMember } from '../store/select.ts'
import { StoreError, type Work } from '../store/store.ts'
import { type Engine, tableOf } from './engine.ts'
import { missingKeys } from './lists.ts'
import { linkersOf, referrersOf } from './referrers.ts'
import { visibleTo } from './visible.ts'
import type { WriteContext } from './writing.ts'

/** A write that the database refused because of its row, and the change it was to make. */
export class RefusedWrite extends Error {
  readonly model: Model
  readonly change: Change<Values>
  override readonly cause: StoreError
  /** Whether code of a definition asked for it, so that the row is none that the caller has sent. */
  readonly isAsked: boolean

  constructor(model: Model, change: Change<Values>, cause: StoreError, isAsked: boolean) {
    super(cause.message, { cause })
    this.model = model
    this.change = change
    this.cause = cause
    this.isAsked = isAsked
  }
}

/**
 * A caller cannot refer to a row that it does not see, since it does not exist for that caller, and nobody to one that is
 * deleted and kept. A reference that was there before may stay.
 */
export function* requireReferences(
  { engine, principal, askedBy }: WriteContext,
  { references }: Model,
  { before, after }: Change<Values>,
): Work<void> {
  if (after === undefined) return
  for (const { field, model } of references) {
    const table = tableOf(engine, model)
    const own = askedBy.length > 0 ? [] : visibleTo(engine, principal, table.model)
    // The database itself holds that there is a row.
    if (own.length === 0 && !table.model.keepDeleted) continue
    const key = toStored(field, ownMember(after, field.name))
    if (key === null || (before && key === toStored(field, ownMember(before, field.name)))) continue
    const [found] = yield selectForShare(table, key, own)
    if (found === undefined)
      throw new StoreError('reference', `${field.name} refers to no row of the caller's`)
  }
}

/** The error for a caller where a row is missing that code of the service needs. */
export function missingRow(): Problem {
  return referenceProblem([])
}

/** The error for a caller where a row is missing that a hook has asked for: the same as for a reference to it. */
export function missingReference(
  { askedBy }: WriteContext,
  { references }: Model,
  { after }: Change<Values>,
  target: Model,
  key: SqlValue,
): Problem {
  const errors = references
    .filter(({ model, field }) => model === target.name && after?.[field.name] === key)
    .map(({ field }) => ({ pointer: `#/${field.name}`, detail: 'does not exist' }))
  return referenceProblem(askedBy.length > 0 ? [] : errors)
}

/**
 * The problem that a refused write is to its caller. The rows are read again after the transaction, because a database does
 * not say everything when it refuses.
 */
export async function explainRefusal(
  engine: Engine,
  principal: Principal,
  refused: RefusedWrite,
): Promise<unknown> {
  const explanation = await explain(engine, principal, refused)
  // The members that it points at are not those of the body that was sent.
  return refused.isAsked && explanation instanceof Problem
    ? new Problem(explanation.kind, { detail: explanation.message })
    : explanation
}

async function explain(
  engine: Engine,
  principal: Principal,
  { model, change, cause, isAsked }: RefusedWrite,
): Promise<unknown> {
  const { operation, before, after = {} } = change
  if (operation === 'delete') {
    if (cause.code !== 'reference') return cause
    const key = toStored(model.key, before?.[model.key.name])
    return referredProblem(await referring(engine, model, key), isAsked ? model : undefined)
  }
  const attempt = { values: after, replaces: before !== undefined, principal }
  if (cause.code === 'unique') {
    const sets = await takenSets(engine, model, attempt)
    return uniqueProblem(model, sets.length > 0 ? sets : [fieldsOf(model, cause)])
  }
  if (cause.code === 'reference')
    return referenceProblem([
      ...(await missingReferences(engine, model, attempt)),
      ...(await missingKeys(engine, model, after, principal)),
    ])
  // The caller can do something about a row of its own, and has sent none that code of a definition writes.
  if (cause.code === 'value' && !isAsked)
    return new Problem('refusedByRule', { detail: cause.message })
  return cause
}

/** The row that a caller wanted to store; `replaces`: over an existing row, rather than as a new one. */
interface AttemptedWrite {
  readonly values: Values
  readonly replaces: boolean
  readonly principal: Principal
}

/** The fields that must be unique together. */
export function fieldsOf({ fields }: Model, { columns }: StoreError): readonly string[] {
  return columns.flatMap(column => {
    const field = fields.find(field => columnOf(field) === column)
    return field === undefined ? [] : [field.name]
  })
}

/** `sets`: the fields that must be unique, each set together. */
function uniqueProblem({ singular }: Model, sets: readonly (readonly string[])[]): Problem {
  const columns = [...new Set(sets.flat())]
  return new Problem('conflict', {
    detail: `There is ${withArticle(singular)} with this ${sets[0]?.join(' and ')} already.`,
    errors: columns.map(column => ({ pointer: `#/${column}`, detail: 'is taken' })),
  })
}

/** The sets of values that another row has, the key first. The database names only one of several. */
async function takenSets(
  engine: Engine,
  model: Model,
  attempt: AttemptedWrite,
): Promise<readonly string[][]> {
  const { key, fields, unique } = model
  const { values, replaces } = attempt
  const peers = peersOf(model, attempt)
  const own = replaces ? toFilter(key, values) : undefined
  const taken: string[][] = []
  for (const set of [...(replaces ? [] : [[key.name]]), ...unique]) {
    const same = set.map(name =>
      toFilter(fields.find(field => field.name === name) as Field, values),
    )
    if (same.some(({ values: [value] }) => value === null)) continue
    const filters = [...same, ...peers]
    const ownCount = own === undefined ? 0 : await countRows(engine, model, [...filters, own])
    if ((await countRows(engine, model, filters)) > ownCount) taken.push([...set])
  }
  return taken
}

/** The rows among which its values are unique. */
export function peersOf(
  model: Model,
  { values, replaces, principal }: AttemptedWrite,
): readonly Filter[] {
  const owner = ownerFieldOf(model)
  if (owner !== undefined) return [toFilter(owner, values)]
  return replaces && seesAll(principal, model.name) ? [] : ownRows(principal, model)
}

function toFilter(field: Field, values: Values): Filter {
  return { field, operator: 'eq', values: [toStored(field, ownMember(values, field.name))] }
}

async function countRows(
  engine: Engine,
  { name }: Model,
  filters: readonly Filter[],
): Promise<number> {
  const [row] = await engine.store.query(selectCount(tableOf(engine, name), filters))
  return Number(row?.[0])
}

function referenceProblem(errors: readonly Finding[]): Problem {
  const detail = 'It refers to something that does not exist.'
  return new Problem('conflict', errors.length === 0 ? { detail } : { detail, errors })
}

async function missingReferences(
  engine: Engine,
  { references }: Model,
  { values, principal }: AttemptedWrite,
): Promise<readonly Finding[]> {
  const missing: Finding[] = []
  for (const { field, model } of references) {
    const table = tableOf(engine, model)
    const key = toStored(field, ownMember(values, field.name))
    const own = visibleTo(engine, principal, table.model)
    if (key !== null && (await engine.store.query(selectMember(table, key, own))).length === 0)
      missing.push({ pointer: `#/${field.name}`, detail: `does not exist` })
  }
  return missing
}

/** The resources whose rows stand in the way of a deletion. */
async function referring(engine: Engine, target: Model, key: SqlValue): Promise<readonly string[]> {
  const found = new Set<string>()
  for (const { from, field, onDelete } of [
    ...referrersOf(engine, target),
    ...linkersOf(engine, target),
  ])
    if (
      onDelete === 'refuse' &&
      (await countRows(engine, from, [{ field, operator: 'eq', values: [key] }])) > 0
    )
      found.add(from.name)
  return [...found]
}

/** 409 for a row that cannot be deleted, because others refer to it. `named`: where it is not the one that the caller names. */
function referredProblem(resources: readonly string[], named: Model | undefined): Problem {
  // They may be gone by now, or be in a table that only another version of the service defines.
  const names =
    resources.length === 0
      ? 'rows that this version of the service does not know'
      : resources.join(' and ')
  const subject = named === undefined ? 'It' : capitalized(withArticle(named.singular))
  return new Problem('conflict', {
    detail: `${subject} cannot be deleted while ${names} refer to it.`,
  })
}
