// Values that code of a definition writes: they are checked, and what is wrong with them is a fault of that code.

import { withArticle } from '../resource/english.ts'
import type { Model } from '../resource/model.ts'
import { recordShape } from '../resource/record-shape.ts'
import type { Values } from '../resource/row.ts'
import { stateShape } from '../resource/shapes.ts'
import { compileEach } from '../validation/compile-each.ts'
import { bodyFindings, findingToText, type Validate } from '../validation/validator.ts'

/** The members that code returns: those that are undefined are null. */
export function toMembers(returned: object): Values {
  return Object.fromEntries(Object.entries(returned).map(([name, value]) => [name, value ?? null]))
}

/** Why code cannot set these members of a row; nothing where it can. */
export function borrowedMistake({ borrowed }: Model, members: Values): string | undefined {
  const set = borrowed.find(({ field }) => Object.hasOwn(members, field.name))
  return (
    set &&
    `it set ${set.field.name}, which is ${set.source} of the row that ${set.reference} refers to`
  )
}

/** The values of a new row with their defaults. Throws an `Error` that names what is wrong. */
export function toNewValues(model: Model, values: object): Values {
  const wanted = withoutUndefined(values)
  requireValid(
    `${withArticle(model.singular)} cannot be created like this`,
    newValidators(model)(wanted),
  )
  return wanted
}

/** A row with other members. A member that stays may be as no definition of today allows. */
export function toChangedValues(model: Model, current: Values, changed: object): Values {
  const members = toMembers(changed)
  const next = { ...current, ...members }
  const findings = stateValidators(model)(next).filter(({ instancePath }) => {
    const [, name = ''] = instancePath.split('/')
    return name === '' || Object.hasOwn(members, name)
  })
  requireValid(`${withArticle(model.singular)} cannot be changed like this`, findings)
  const mistake = borrowedMistake(model, members)
  if (mistake !== undefined) throw new Error(mistake)
  const { name } = model.key
  if (next[name] !== current[name])
    throw new Error(
      `${withArticle(model.singular)} cannot be changed like this: ${name} is its key`,
    )
  return next
}

function withoutUndefined(values: object): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
}

function requireValid(what: string, errors: ReturnType<Validate>): void {
  const findings = bodyFindings(errors).map(findingToText)
  if (findings.length > 0) throw new Error(`${what}: ${findings.join('; ')}`)
}

const newValidators = compileEach(recordShape)
const stateValidators = compileEach(stateShape)
