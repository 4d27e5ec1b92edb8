// Validation with one strict Ajv for everything, whose errors become the findings of a problem.

import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js'
import type { Finding } from '../http/problem.ts'
import { didYouMean } from '../resource/did-you-mean.ts'
import type { Field, JsonSchema } from '../resource/field.ts'
import { controlFree, formats, singleLine } from '../resource/format.ts'
import { compilePattern } from '../resource/pattern.ts'
import { choiceHint, formatHint, formatParameterHint, parameterHint } from './hints.ts'
import { boundKeywords } from './keywords.ts'

/** Returns the errors in a value; none if it is valid. Fills in defaults. */
export type Validate = (value: unknown) => readonly ErrorObject[]

/**
 * It never drops members. It reports all errors, up to the bounds of `boundKeywords`. `coerces`: whether a text becomes what
 * the schema says, and one value a list.
 */
export function createAjv({ coerces = false } = {}): Ajv2020 {
  const ajv = new Ajv2020({
    allErrors: true,
    coerceTypes: coerces && 'array',
    removeAdditional: false,
    // Without its pass over the generated code, which V8 does as well, Ajv compiles in two thirds of the time.
    code: { regExp, optimize: false },
    // Inherited members, such as `constructor`, were not sent.
    ownProperties: true,
    strict: true,
    allowUnionTypes: true,
    // `example` and the like are notes for the document.
    strictSchema: 'log',
    logger: false,
    // Definitions are checked against the meta-schema when they are loaded, and derived schemas in the tests.
    validateSchema: false,
  })
  for (const [name, { check }] of Object.entries(formats)) ajv.addFormat(name, check)
  boundKeywords(ajv)
  return ajv
}

/** One for many schemas, made when the first of them is compiled: most starts compile none. */
export function ajvWhenNeeded(): () => Ajv2020 {
  let ajv: Ajv2020 | undefined
  return () => {
    ajv ??= createAjv()
    return ajv
  }
}

const metaSchema = ajvWhenNeeded()

/** Throws an Error if it is no JSON Schema. One instance does it for all, because each would compile the meta-schema (45 ms). */
export function requireJsonSchema(schema: JsonSchema): void {
  metaSchema().validateSchema(schema, true)
}

/** Ajv calls it with the flag `u`. It needs `code` only for standalone modules, which are never made here. */
const regExp = Object.assign(compilePattern, { code: 'compilePattern' })

/** An Ajv, or how to get it when it is needed. */
export type AjvFor = Ajv2020 | (() => Ajv2020)

/** Makes a validator when it gets its first value, because there are hundreds of schemas, and a service may use few of them. */
export function whenNeeded(make: () => Validate): Validate {
  let made: Validate | undefined
  return value => {
    made ??= make()
    return made(value)
  }
}

export function compile(ajvFor: AjvFor, schema: JsonSchema): Validate {
  return whenNeeded(() => compileNow(ajvFor, schema))
}

function compileNow(ajvFor: AjvFor, schema: JsonSchema): Validate {
  const ajv = typeof ajvFor === 'function' ? ajvFor() : ajvFor
  const validate = ajv.compile(schema)
  const defaults = defaultsOf(ajv, schema)
  return value => {
    if (defaults.length > 0) fillIn(defaults, value)
    return validate(value) ? [] : (validate.errors ?? [])
  }
}

type Defaults = readonly (readonly [name: string, value: unknown])[]

/** The defaults of the fields themselves. (Ajv's `useDefaults` takes an inherited member for a value that was sent.) */
function defaultsOf(ajv: Ajv2020, { $ref, properties }: JsonSchema): Defaults {
  if (typeof $ref === 'string') return defaultsOf(ajv, ajv.getSchema($ref)?.schema as JsonSchema)
  const members = Object.entries((properties ?? {}) as Readonly<Record<string, JsonSchema>>)
  return members.flatMap(([name, schema]) =>
    schema.default === undefined ? [] : [[name, schema.default] as const],
  )
}

function fillIn(defaults: Defaults, value: unknown): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return
  const members = value as Record<string, unknown>
  for (const [name, standard] of defaults)
    if (!Object.hasOwn(members, name))
      members[name] = typeof standard === 'object' ? structuredClone(standard) : standard
}

/** The maximum number of findings in one problem. */
const maxFindings = 100

/** The findings in a body, each with its place as a URI fragment (RFC 6901 §6). */
export function bodyFindings(errors: readonly ErrorObject[]): readonly Finding[] {
  return firstFindings(errors, error => ({ pointer: pointerOf(error), detail: detailOf(error) }))
}

/** A finding in a value of the service itself, for people: `authors/0/name is required`. */
export function findingToText(finding: Finding): string {
  const place = placeOf(finding)
  return `${place === '' ? '' : `${place} `}${finding.detail}`
}

/** The findings in parameters. */
export function parameterFindings(
  errors: readonly ErrorObject[],
  place: 'path' | 'query' | 'header',
): readonly Finding[] {
  const toFinding = (error: ErrorObject) => ({
    parameter: parameterOf(error),
    in: place,
    detail: parameterDetail(error),
  })
  return firstFindings(errors, toFinding)
}

/**
 * Distinct findings, because the branches of a schema find the same mistake at one place. A body of a megabyte may have half
 * a million errors, so only those that are reported are put into words.
 */
function firstFindings(
  errors: readonly ErrorObject[],
  toFinding: (error: ErrorObject) => Finding,
): readonly Finding[] {
  const findings: Finding[] = []
  for (const error of errors) {
    const finding = toFinding(error)
    if (findings.some(known => isSame(known, finding))) continue
    if (findings.push(finding) === maxFindings) break
  }
  return findings
}

function isSame(one: Finding, other: Finding): boolean {
  return one.detail === other.detail && placeOf(one) === placeOf(other)
}

function placeOf(finding: Finding): string {
  return 'pointer' in finding ? finding.pointer.slice(2) : finding.parameter
}

function pointerOf({ instancePath, params }: ErrorObject): string {
  const { missingProperty, additionalProperty, unevaluatedProperty } = params
  const member: unknown = missingProperty ?? additionalProperty ?? unevaluatedProperty
  const isNamed = member !== undefined && !isLongName(member)
  const pointer = isNamed ? `${instancePath}/${escapeToken(String(member))}` : instancePath
  return /^[\w/]*$/.test(pointer) ? `#${pointer}` : `#${pointer.split('/').map(fragment).join('/')}`
}

/** Long unknown names are not sent back, because percent-encoding could make the response four times as large as the body. */
function isLongName(name: unknown): boolean {
  return String(name).length > 200
}

/** RFC 6901 §3. */
function escapeToken(token: string): string {
  return /[~/]/.test(token) ? token.replaceAll('~', '~0').replaceAll('/', '~1') : token
}

/** A lone surrogate is not UTF-8, so it has no percent-encoding. */
function fragment(token: string): string {
  return encodeURIComponent(token.toWellFormed())
}

function parameterOf({ instancePath, params }: ErrorObject): string {
  return String(params.additionalProperty ?? instancePath.split('/')[1])
}

function parameterDetail(error: ErrorObject): string {
  const { keyword, params } = error
  if (keyword === 'additionalProperties')
    return `is not a known parameter${parameterHint(String(params.additionalProperty), params.known)}`
  if (keyword === 'format')
    return `must be a valid ${params.format}${formatParameterHint(params.format)}`
  if (keyword === 'type' && params.type === 'boolean') return 'must be true or false'
  return detailOf(error) + choiceHint(error)
}

function detailOf({ keyword, params, message }: ErrorObject): string {
  switch (keyword) {
    case 'required':
      return 'is required'
    case 'additionalProperties':
      return isLongName(params.additionalProperty)
        ? 'has a member with a very long name'
        : `is not a known member${didYouMean(params.additionalProperty, params.known)}`
    case 'unevaluatedProperties':
      return 'is not a known member'
    case 'enum':
      return mustBeOneOf(params.allowedValues)
    case 'type':
      return `must be ${[params.type].flat().join(' or ')}`
    case 'format':
      return `must be a valid ${params.format}${formatHint(params.format)}`
    case 'not':
      return 'must not contain control characters; as a key, it must not be . or ..'
    case 'pattern':
      return patternDetail(String(params.pattern))
    default:
      return message ?? 'is not valid'
  }
}

/** Cached by the list in the schema, because composing the text costs as much as all other findings. */
const choices = new WeakMap<readonly unknown[], string>()

function mustBeOneOf(values: readonly unknown[]): string {
  const known = choices.get(values)
  if (known !== undefined) return known
  const detail = `must be one of: ${values.map(String).join(', ')}`
  choices.set(values, detail)
  return detail
}

function patternDetail(pattern: string): string {
  if (pattern === controlFree) return 'must not contain control characters'
  if (pattern === singleLine) return 'must be a single line without control characters'
  return `must match the pattern ${pattern}`
}

/** The errors in a value of the field, in words; none if it is valid. */
export function fieldMistakes(): (field: Field) => (value: unknown) => string | undefined {
  const ajvFor = ajvWhenNeeded()
  return field => {
    const validate = compile(ajvFor, field.schema)
    return value => {
      const [finding] = bodyFindings(validate(value))
      return finding && findingToText(finding)
    }
  }
}
