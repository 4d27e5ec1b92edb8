// Runs the hooks of a definition around every write, and checks what they did.

import { CodeFault } from '../resource/code-fault.ts'
import { isCounted, type Model } from '../resource/model.ts'
import type { Change } from '../resource/resource.ts'
import { rowToValues, type Values, valuesToRow } from '../resource/row.ts'
import { stateShape } from '../resource/shapes.ts'
import {
  bodyFindings,
  compile,
  createAjv,
  findingToText,
  type Validate,
} from '../validation/validator.ts'
import type { Call } from './call.ts'
import { faultEntry, isPromise, ownFault } from './own-code.ts'

/** The values to store: those of the change, with what the hook makes of them. `keyIsFixed`: not the key, however. */
export function beforeWrite(model: Model, change: Change<Values>, keyIsFixed: boolean): Values {
  if (model.hooks.beforeWrite === undefined) return { ...change.after }
  const seen = asStored(model, change)
  const members = membersOf(model, runBeforeWrite(model, seen))
  if (seen.after === undefined) return {}
  const after = { ...seen.after, ...members }
  requireFitting(model, after)
  if (keyIsFixed) requireSameKey(model, seen.after, after)
  return after
}

/** A hook sees values as they will be stored: date-times, for example, have the same form as in `before`. */
function asStored({ fields }: Model, change: Change<Values>): Change<Values> {
  if (change.after === undefined) return change
  return { ...change, after: rowToValues(fields, valuesToRow(fields, change.after)) }
}

function runBeforeWrite({ hooks, file }: Model, change: Change<Values>): unknown {
  try {
    return hooks.beforeWrite?.(change)
  } catch (error) {
    throw ownFault('the hook beforeWrite', file, error)
  }
}

function membersOf(model: Model, returned: unknown): Values {
  if (isPromise(returned))
    throw beforeWriteFault(
      model,
      'it returned a promise, but it runs inside the transaction and cannot wait: nothing was stored',
    )
  if (returned === undefined || returned === null) return {}
  if (typeof returned !== 'object' || Array.isArray(returned))
    throw beforeWriteFault(
      model,
      `it returned ${JSON.stringify(returned)}; return members to change, or nothing`,
    )
  return Object.fromEntries(Object.entries(returned).map(([name, value]) => [name, value ?? null]))
}

/** The caller's values have been checked before, so a row that is invalid now is the hook's fault. */
function requireFitting(model: Model, after: Values): void {
  const findings = bodyFindings(validatorOf(model)(after)).map(findingToText)
  if (findings.length > 0)
    throw beforeWriteFault(model, `it made a row that is not valid: ${findings.join('; ')}`)
}

/** A row that the address names stays there. */
function requireSameKey(model: Model, seen: Values, after: Values): void {
  const { name } = model.key
  if (after[name] === seen[name]) return
  throw beforeWriteFault(
    model,
    `it changed ${name}, the key that the address names; only on POST it may`,
  )
}

function beforeWriteFault({ file }: Model, message: string): CodeFault {
  return new CodeFault('the hook beforeWrite', file, new Error(message))
}

const validators = new WeakMap<Model, Validate>()

function validatorOf(model: Model): Validate {
  const validate = validators.get(model) ?? compile(createAjv(), writtenShape(model))
  validators.set(model, validate)
  return validate
}

/** A whole row, but without a key that the database has yet to make, and with hashes of passwords that stay. */
function writtenShape(model: Model) {
  const fields = model.fields.map(field => {
    if (field.kind.isHashed) return { ...field, schema: { type: 'string' } }
    return field === model.key && isCounted(model) ? { ...field, nullable: true } : field
  })
  return stateShape({ ...model, fields })
}

/** Runs the hook after the commit; the response does not wait for it. */
export function afterCommit(
  { hooks, file }: Model,
  change: Change<Values>,
  { id, log }: Call,
): void {
  if (hooks.afterCommit === undefined) return
  const run = async () => hooks.afterCommit?.(change, log)
  run().catch(error => {
    const fault = new CodeFault('the hook afterCommit', file, error)
    log.error({ ...faultEntry(fault), instance: id }, `${fault.message}; the write stands`)
  })
}
