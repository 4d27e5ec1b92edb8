// Runs the hooks of a definition around every write, and checks what they did.

import { instanceOf } from '../http/request-id.ts'
import { CodeFault } from '../resource/code-fault.ts'
import type { Db } from '../resource/db.ts'
import type { JsonSchema } from '../resource/field.ts'
import type { Change } from '../resource/hooks.ts'
import { isCounted, type Model } from '../resource/model.ts'
import { rowToValues, type SqlValue, type Values, valuesToRow } from '../resource/row.ts'
import { stateShape } from '../resource/shapes.ts'
import type { Work } from '../store/store.ts'
import { compileEach } from '../validation/compile-each.ts'
import { bodyFindings, findingToText } from '../validation/validator.ts'
import type { Call } from './call.ts'
import { writingDb } from './db.ts'
import type { HookName } from './observer.ts'
import { faultEntry } from './own-code.ts'
import { borrowedMistake, toMembers } from './own-values.ts'
import { Questions } from './questions.ts'
import { missingReference } from './refusal.ts'
import type { WriteContext } from './writing.ts'

/**
 * The values to store: those of the change, with what the hook makes of them. `keyIsFixed`: not the key, however.
 */
export function* beforeWrite(
  context: WriteContext,
  model: Model,
  change: Change<Values>,
  keyIsFixed: boolean,
): Work<Values> {
  if (model.hooks.beforeWrite === undefined) return { ...change.after }
  const hooked = { context, model, change: asStored(model, change) }
  return yield* counted('beforeWrite', hooked, toStore(hooked, keyIsFixed))
}

function* toStore(hooked: Hooked, keyIsFixed: boolean): Work<Values> {
  const { model, change: seen } = hooked
  const returned = yield* run('beforeWrite', hooked)
  const members = membersOf(model, returned)
  if (seen.after === undefined) return {}
  const after = { ...seen.after, ...members }
  requireFitting(model, after)
  if (keyIsFixed) requireSameKey(model, seen.after, after)
  return after
}

/** Runs what follows a write. Gives whether it has written anything. */
export function* afterWrite(
  context: WriteContext,
  model: Model,
  change: Change<Values>,
): Work<boolean> {
  if (model.hooks.afterWrite === undefined) return false
  const { length } = context.journal
  const hooked = { context, model, change }
  yield* counted('afterWrite', hooked, runAfter(hooked))
  return context.journal.length > length
}

function* runAfter(hooked: Hooked): Work<void> {
  const { model } = hooked
  const returned = yield* run('afterWrite', hooked)
  if (returned !== undefined)
    throw hookFault(
      'afterWrite',
      model,
      `it returned ${JSON.stringify(returned)}; the row is stored already, so change members in beforeWrite`,
    )
}

interface Hooked {
  readonly context: WriteContext
  readonly model: Model
  readonly change: Change<Values>
}

/** The fault of a hook that another one runs by what it writes is not that one's too. */
const known = new WeakSet<CodeFault>()

function* counted<T>(name: HookName, { context, model }: Hooked, work: Work<T>): Work<T> {
  try {
    return yield* work
  } catch (error) {
    if (error instanceof CodeFault && !known.has(error)) {
      known.add(error)
      context.engine.observer.hookFailed(model, name)
    }
    throw error
  }
}

type Code = (given: Change<Values> & { readonly db: Db }) => unknown

function run(
  name: 'beforeWrite' | 'afterWrite',
  { context, model, change }: Hooked,
): Work<unknown> {
  const code = model.hooks[name]?.bind(model.hooks) as Code
  const questions = new Questions()
  const missing = (target: Model, key: SqlValue) =>
    missingReference(context, model, change, target, key)
  const db = writingDb({ engine: context.engine, questions, missing }, context, model)
  return questions.answer({ where: `the hook ${name}`, file: model.file, code }, { ...change, db })
}

/** A hook sees values as they will be stored: date-times, for example, have the same form as in `before`. */
function asStored({ fields }: Model, change: Change<Values>): Change<Values> {
  if (change.after === undefined) return change
  return { ...change, after: rowToValues(fields, valuesToRow(fields, change.after)) }
}

function membersOf(model: Model, returned: unknown): Values {
  if (returned === undefined || returned === null) return {}
  if (typeof returned !== 'object' || Array.isArray(returned))
    throw hookFault(
      'beforeWrite',
      model,
      `it returned ${JSON.stringify(returned)}; return members to change, or nothing`,
    )
  const members = toMembers(returned)
  const mistake = borrowedMistake(model, members)
  if (mistake !== undefined) throw hookFault('beforeWrite', model, mistake)
  return members
}

/** The caller's values have been checked before, so a row that is invalid now is the hook's fault. */
function requireFitting(model: Model, after: Values): void {
  const findings = bodyFindings(validatorOf(model)(after)).map(findingToText)
  if (findings.length > 0)
    throw hookFault('beforeWrite', model, `it made a row that is not valid: ${findings.join('; ')}`)
}

/** A row that the address names stays there. */
function requireSameKey(model: Model, seen: Values, after: Values): void {
  const { name } = model.key
  if (after[name] === seen[name]) return
  throw hookFault(
    'beforeWrite',
    model,
    `it changed ${name}, the key that the address names; only on POST it may`,
  )
}

function hookFault(hook: string, { file }: Model, message: string): CodeFault {
  return new CodeFault(`the hook ${hook}`, file, new Error(message))
}

const validatorOf = compileEach(writtenShape)

/** A whole row, but without what the database has yet to give, such as its key, and with hashes of passwords that stay. */
function writtenShape(model: Model): JsonSchema {
  const fields = model.fields.map(field => {
    if (field.kind.isHashed) return { ...field, schema: { type: 'string' } }
    const isToCome = field.borrowed || (field === model.key && isCounted(model))
    return isToCome ? { ...field, nullable: true } : field
  })
  return stateShape({ ...model, fields })
}

/** Runs the hooks after the commit; the response does not wait for them. */
export function afterCommit(
  { journal, engine }: WriteContext,
  { id, log }: Pick<Call, 'id' | 'log'>,
): void {
  for (const recorded of journal) {
    if (recorded === undefined) continue
    const { model, change } = recorded
    const { hooks, file } = model
    const run = async () => hooks.afterCommit?.(change, log)
    run().catch(error => {
      engine.observer.hookFailed(model, 'afterCommit')
      const fault = new CodeFault('the hook afterCommit', file, error)
      log.error(
        { ...faultEntry(fault), instance: instanceOf(id) },
        `${fault.message}; the write stands`,
      )
    })
  }
}
