// Validators of schemas that refer to the components of a document. Services of one process that have the same components, as
// the tests of a project start them, share what was compiled.

import { createHash } from 'node:crypto'
import type { Ajv2020 } from 'ajv/dist/2020.js'
import type { JsonSchema } from '../resource/field.ts'
import { LruMap } from '../store/lru-map.ts'
import { compileAlike, type ValidatorOf } from './compile-alike.ts'
import { createAjv, whenNeeded } from './validator.ts'

/** Components by their names, to which schemas refer as `#/components/schemas/Book`, or `Book#`. */
export type Components = Readonly<Record<string, JsonSchema>>

/** Of the last services, since each takes some MiB. */
const shared = new LruMap<string, ValidatorOf>(4)

/** Nothing is done before the first value: most starts compile none. */
export function compileKnowing(components: Components): ValidatorOf {
  let common: ValidatorOf | undefined
  return schema =>
    whenNeeded(() => {
      common ??= commonOf(components)
      return common(schema)
    })
}

function commonOf(components: Components): ValidatorOf {
  const digest = createHash('sha256').update(JSON.stringify(components)).digest('base64')
  const common = shared.get(digest) ?? compileOnce(components)
  shared.set(digest, common)
  return common
}

/** A component is added when a schema refers to it: few services use all of theirs. */
function compileOnce(components: Components): ValidatorOf {
  const ajv = createAjv()
  const validatorOf = compileAlike(ajv)
  return schema => {
    addReferred(ajv, components, schema)
    return validatorOf(schema)
  }
}

function addReferred(ajv: Ajv2020, components: Components, schema: JsonSchema): void {
  for (const name of referredBy(schema)) {
    const component = components[name]
    if (component === undefined || ajv.schemas[name] !== undefined) continue
    ajv.addSchema(withNames(component), name)
    addReferred(ajv, components, component)
  }
}

function referredBy(schema: JsonSchema): ReadonlySet<string> {
  const names = new Set<string>()
  JSON.stringify(schema, (key, value) => {
    if (key === '$ref') names.add(nameIn(String(value)).replace(/#$/, ''))
    return value
  })
  return names
}

/** A schema whose references to other components are by their names. */
function withNames(schema: JsonSchema): JsonSchema {
  const text = JSON.stringify(schema, (key, value) =>
    key === '$ref' ? `${nameIn(String(value))}#` : value,
  )
  return JSON.parse(text)
}

/** Refers to components by their names, and allows no members that they do not name. */
export function closed(schema: JsonSchema): JsonSchema {
  if (schema.type === 'array') return { ...schema, items: closed(schema.items as JsonSchema) }
  const { $ref, ...rest } = schema
  if (typeof $ref !== 'string') return schema
  return {
    ...rest,
    type: 'object',
    $ref: `${nameIn($ref)}#`,
    unevaluatedProperties: false,
  }
}

function nameIn($ref: string): string {
  return $ref.slice($ref.lastIndexOf('/') + 1)
}
