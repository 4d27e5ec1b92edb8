// The members that code of a definition computes of a row, whenever it is shown.

import { CodeFault } from '../resource/code-fault.ts'
import type { Derived } from '../resource/computed.ts'
import type { Field, Json, JsonSchema } from '../resource/field.ts'
import { valueShape } from '../resource/field-shape.ts'
import { isPromise } from '../resource/hooks.ts'
import { isComputed, type Model } from '../resource/model.ts'
import {
  choose,
  fromStored,
  type Row,
  rowToValues,
  toStored,
  type Values,
} from '../resource/row.ts'
import { compileEach } from '../validation/compile-each.ts'
import { bodyFindings, findingToText } from '../validation/validator.ts'

/** The values of a row, with a column for each field, and of what is computed of them. */
export function withComputed({ fields, computed, file }: Model, row: Row): Values {
  const values = Object.freeze(rowToValues(fields, row))
  const made = computed.map(derived => [derived.field.name, compute(derived, values, file)])
  return { ...values, ...Object.fromEntries(made) }
}

/** Makes the shown members of a row: a computed one may need every field. */
export function toShown(model: Model, fields: readonly Field[]): (row: Row) => Values {
  return fields.some(field => isComputed(model, field))
    ? row => choose(withComputed(model, row), fields)
    : row => rowToValues(fields, row)
}

function compute({ field, compute }: Derived, values: Values, file: string): Json {
  try {
    const returned = compute(values)
    if (isPromise(returned)) throw new Error('it returned a promise, and cannot wait')
    return checked(field, returned)
  } catch (error) {
    throw new CodeFault(`the computed member ${field.name}`, file, error)
  }
}

/** The value as it would be stored and read. */
function checked(field: Field, returned: unknown): Json {
  const value: unknown = JSON.parse(JSON.stringify(returned) ?? 'null')
  const findings = bodyFindings(validatorOf(field)(value)).map(findingToText)
  if (findings.length > 0)
    throw new Error(`it returned what its type does not allow: ${findings.join('; ')}`)
  return fromStored(field, toStored(field, value))
}

const validatorOf = compileEach((field: Field): JsonSchema => valueShape(field))
