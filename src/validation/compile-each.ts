// Validators of many things, such as all models: each is made when it is first needed.

import type { JsonSchema } from '../resource/field.ts'
import { compile, createAjv, type Validate } from './validator.ts'

export function compileEach<K extends object>(
  schemaOf: (thing: K) => JsonSchema,
): (thing: K) => Validate {
  const validators = new WeakMap<K, Validate>()
  return thing => {
    const validate = validators.get(thing) ?? compile(createAjv(), schemaOf(thing))
    validators.set(thing, validate)
    return validate
  }
}
