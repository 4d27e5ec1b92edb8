// Validators of many schemas of which most say the same, such as those of all fields: those that do have one together.

import type { Ajv2020 } from 'ajv/dist/2020.js'
import type { JsonSchema } from '../resource/field.ts'
import { compile, type Validate } from './validator.ts'

export type ValidatorOf = (schema: JsonSchema) => Validate

/** To compile a schema takes a hundred times as long as to write it as text. */
export function compileAlike(ajv: Ajv2020): ValidatorOf {
  const validators = new Map<string, Validate>()
  return schema => {
    const text = JSON.stringify(rulesOf(schema))
    const validate = validators.get(text) ?? compile(ajv, schema)
    validators.set(text, validate)
    return validate
  }
}

/** JSON Schema Validation §9: what is only said to readers. */
const notes = ['title', 'description', 'default', 'deprecated', 'readOnly', 'writeOnly', 'examples']

function rulesOf(schema: JsonSchema): JsonSchema {
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => !notes.includes(keyword)))
}
