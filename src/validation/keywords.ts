// Replaces keywords of JSON Schema for which Ajv's work is not bounded, or its result is wrong.

import {
  _,
  type Ajv2020,
  type CodeKeywordDefinition,
  type KeywordCxt,
  Name,
} from 'ajv/dist/2020.js'
import { Type } from 'ajv/dist/compile/util.js'
import type { DataValidateFunction, KeywordErrorDefinition } from 'ajv/dist/types/index.js'
import { isMultipleOf } from '../resource/multiple.ts'

/**
 * How many errors are collected before lists and unknown members are no longer checked. It is more than are reported,
 * because the branches of a schema find the same mistake several times.
 */
export const enoughErrors = 1000

/**
 * Neither the items of a list that is too long are checked, nor the pattern of a text that is too long. After enough errors,
 * the rest of a list is skipped. So the schema limits what a value costs, and not its sender.
 */
export function boundKeywords(ajv: Ajv2020): void {
  replace(ajv, 'pattern', original => ifShort(original))
  replace(ajv, 'format', original => ifShort(original))
  replace(ajv, 'items', original => ifFew({ ...original, code: cxt => eachItem(cxt, original) }))
  replace(ajv, 'uniqueItems', original => ifFew({ ...original, code: distinctItems }))
  replace(ajv, 'additionalProperties', original => {
    const code: CodeKeywordDefinition['code'] = cxt => unknownMembers(cxt, original)
    return { ...original, before: 'properties', error: unknownMember, code }
  })
  ajv.removeKeyword('multipleOf')
  ajv.addKeyword({
    keyword: 'multipleOf',
    type: 'number',
    schemaType: 'number',
    error: { message: ({ schema }) => `must be multiple of ${schema}` },
    compile: (divisor: number) => value => isMultipleOf(value, divisor),
  })
  boundJson(ajv)
}

/** Bounds any JSON value, by the bytes of its text and by how deep it is nested. */
function boundJson(ajv: Ajv2020): void {
  ajv.addKeyword({
    keyword: 'x-max-bytes',
    schemaType: 'number',
    compile: (bytes: number, { 'x-max-depth': depth }) => {
      const validate: DataValidateFunction = value => {
        const message = jsonMistake(value, bytes, depth)
        validate.errors = [{ message: String(message), params: {} }]
        return message === undefined
      }
      return validate
    },
  })
}

function jsonMistake(value: unknown, bytes: number, depth: number): string | undefined {
  if (!isNestedWithin(depth, value)) return `must not be nested deeper than ${depth} levels`
  if (!hasFiniteNumbers(value)) return 'must not have a number beyond ±1.8e308'
  const isShort = Buffer.byteLength(JSON.stringify(value)) <= bytes
  return isShort ? undefined : `must not have more than ${bytes} bytes`
}

function isNestedWithin(depth: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true
  return depth > 0 && Object.values(value).every(item => isNestedWithin(depth - 1, item))
}

/** JSON has no infinity: it would become null. */
function hasFiniteNumbers(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value)
  return typeof value !== 'object' || value === null || Object.values(value).every(hasFiniteNumbers)
}

type KeywordChange = (original: CodeKeywordDefinition) => CodeKeywordDefinition

function replace(ajv: Ajv2020, keyword: string, change: KeywordChange): void {
  const original = ajv.getKeyword(keyword) as CodeKeywordDefinition
  ajv.removeKeyword(keyword)
  ajv.addKeyword(change(original))
}

/** A `maxLength` counts characters, and a character has up to two code units. */
function ifShort(definition: CodeKeywordDefinition): CodeKeywordDefinition {
  return ifWithin(definition, ({ maxLength }) => maxLength && 2 * maxLength)
}

function ifFew(definition: CodeKeywordDefinition): CodeKeywordDefinition {
  return ifWithin(definition, ({ maxItems }) => maxItems)
}

interface Sizes {
  readonly maxLength?: number
  readonly maxItems?: number
}

function ifWithin(
  definition: CodeKeywordDefinition,
  limitOf: (sizes: Sizes) => number | undefined,
): CodeKeywordDefinition {
  const code: CodeKeywordDefinition['code'] = (cxt, type) => {
    const limit = limitOf(cxt.parentSchema as Sizes)
    if (limit === undefined) definition.code(cxt, type)
    else cxt.gen.if(_`${cxt.data}.length <= ${limit}`, () => definition.code(cxt, type))
  }
  return { ...definition, code }
}

/** The name of the number of errors so far in Ajv's code. */
const errors = new Name('errors')

/** Ajv's own code handles `prefixItems`, and checks that end at the first error. */
function eachItem(cxt: KeywordCxt, original: CodeKeywordDefinition): void {
  const { gen, data, it, parentSchema } = cxt
  if (!it.allErrors || parentSchema.prefixItems !== undefined) return void original.code(cxt)
  it.items = true
  const valid = gen.name('valid')
  gen.forRange('i', 0, _`${data}.length`, index => {
    cxt.subschema({ keyword: 'items', dataProp: index, dataPropType: Type.Num }, valid)
    gen.if(_`!${valid} && ${errors} >= ${enoughErrors}`, () => gen.break())
  })
}

/** Looks at each item once; Ajv would compare each item with all others. */
function distinctItems(cxt: KeywordCxt): void {
  const { gen, data, schema } = cxt
  if (schema !== true) return
  const find = gen.scopeValue('func', { ref: findTwins })
  const twins = gen.const('twins', _`${errors} < ${enoughErrors} ? ${find}(${data}) : undefined`)
  cxt.setParams({ i: _`${twins}[1]`, j: _`${twins}[0]` })
  cxt.fail(_`${twins} !== undefined`)
}

/** The places of the first two items with the same value. */
function findTwins(items: readonly unknown[]): readonly [number, number] | undefined {
  const places = new Map<string, number>()
  for (const [index, item] of items.entries()) {
    const text = canonicalText(item)
    const twin = places.get(text)
    if (twin !== undefined) return [twin, index]
    places.set(text, index)
  }
  return undefined
}

/** A text that is the same for equal values, whatever the order of their members. No schema allows deeper nesting. */
function canonicalText(value: unknown, levels = 100): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (levels === 0) return '…'
  if (Array.isArray(value)) return `[${value.map(item => canonicalText(item, levels - 1)).join()}]`
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalText(member, levels - 1)}`).join()}}`
}

/** It says which members are known, for a suggestion. */
const unknownMember: KeywordErrorDefinition = {
  message: 'must NOT have additional properties',
  params: cxt => {
    const known = knownMembers(cxt, cxt.parentSchema)
    return _`{ additionalProperty: ${cxt.params.additionalProperty}, known: ${known} }`
  },
}

function knownMembers(
  { gen }: Pick<KeywordCxt, 'gen'>,
  { properties }: Partial<KeywordCxt['parentSchema']> = {},
): Name {
  return gen.scopeValue('schema', { ref: new Set(Object.keys(properties ?? {})) })
}

function unknownMembers(cxt: KeywordCxt, original: CodeKeywordDefinition): void {
  const { gen, data, it, parentSchema, schema } = cxt
  if (!it.allErrors || schema !== false || parentSchema.patternProperties !== undefined)
    return void original.code(cxt)
  it.props = true
  const known = knownMembers(cxt, parentSchema)
  gen.forIn('name', data, name => {
    gen.if(_`!${known}.has(${name})`, () => {
      cxt.setParams({ additionalProperty: name })
      cxt.error()
      gen.if(_`${errors} >= ${enoughErrors}`, () => gen.break())
    })
  })
}
