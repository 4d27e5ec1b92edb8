// What a violated constraint means to the caller. It must not reveal rows that do not exist for that caller.

import type { Principal } from '../access/access.ts'
import { newRowsPeers, ownRows } from '../access/ownership.ts'
import { type Finding, Problem } from '../http/problem.ts'
import type { Filter } from '../query/filter.ts'
import { withArticle } from '../resource/english.ts'
import type { Field } from '../resource/field.ts'
import type { Model } from '../resource/model.ts'
import type { Change } from '../resource/resource.ts'
import { ownMember, type SqlValue, toStored, type Values } from '../resource/row.ts'
import { selectCount, selectMember } from '../store/select.ts'
import { StoreError, type Work } from '../store/store.ts'
import { type Engine, tableOf } from './engine.ts'
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

/** A caller cannot refer to a row of another owner, since it does not exist for that caller. A reference that was there before may stay. */
export function* requireReferences(
  { engine, principal, askedBy }: WriteContext,
  { references }: Model,
  { before, after }: Change<Values>,
): Work<void> {
  if (after === undefined || askedBy.length > 0) return
  for (const { field, model } of references) {
    const table = tableOf(engine, model)
    const own = ownRows(principal, table.model)
    const key = toStored(field, ownMember(after, field.name))
    if (
      own.length === 0 ||
      key === null ||
      (before && key === toStored(field, ownMember(before, field.name)))
    )
      continue
    const [found] = yield selectMember(table, key, own)
    if (found === undefined)
      throw new StoreError('reference', `${field.name} refers to a row of another owner`)
  }
}

/** What it is to a caller that a row is missing which a hook has asked for: the same as a reference to it would be. */
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
  { model, change, cause }: RefusedWrite,
): Promise<unknown> {
  const { operation, before, after = {} } = change
  if (operation === 'delete') {
    if (cause.code !== 'reference') return cause
    return referredProblem(engine, model, toStored(model.key, before?.[model.key.name]))
  }
  const attempt = { values: after, replaces: before !== undefined, principal }
  if (cause.code === 'unique') {
    const sets = await takenSets(engine, model, attempt)
    return uniqueProblem(model, sets.length > 0 ? sets : [cause.columns.filter(isField)])
  }
  if (cause.code === 'reference')
    return referenceProblem(await missingReferences(engine, model, attempt))
  return cause
}

/** What a caller wanted to store; `replaces`: over an existing row, rather than as a new one. */
interface AttemptedWrite {
  readonly values: Values
  readonly replaces: boolean
  readonly principal: Principal
}

function isField(column: string): boolean {
  return !column.startsWith('_')
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
  { values, replaces, principal }: AttemptedWrite,
): Promise<readonly string[][]> {
  const { key, fields, unique } = model
  const peers = replaces ? ownRows(principal, model) : newRowsPeers(principal, model)
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
    const own = ownRows(principal, table.model)
    if (key !== null && (await engine.store.query(selectMember(table, key, own))).length === 0)
      missing.push({ pointer: `#/${field.name}`, detail: `does not exist` })
  }
  return missing
}

/** 409 for a row that cannot be deleted, because others refer to it. */
async function referredProblem(engine: Engine, target: Model, key: SqlValue): Promise<Problem> {
  const found = new Set<string>()
  for (const { model, field } of referrersOf(engine, target))
    if ((await countRows(engine, model, [{ field, operator: 'eq', values: [key] }])) > 0)
      found.add(model.name)
  // They may be gone by now, or be in a table that only another version of the service defines.
  const names =
    found.size === 0
      ? 'rows that this version of the service does not know'
      : [...found].join(' and ')
  return new Problem('conflict', { detail: `It cannot be deleted while ${names} refer to it.` })
}

/** The tables and columns in which kept rows, though deleted, may refer to a row. */
export function keptReferrers(
  engine: Engine,
  target: Model,
): readonly { name: string; field: string }[] {
  return referrersOf(engine, target)
    .filter(({ model }) => model.keepDeleted)
    .map(({ model, field }) => ({ name: model.name, field: field.name }))
}

function referrersOf({ models }: Engine, target: Model): readonly { model: Model; field: Field }[] {
  return models.flatMap(model =>
    model.references
      .filter(reference => reference.model === target.name)
      .map(({ field }) => ({ model, field })),
  )
}
