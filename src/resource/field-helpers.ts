// Fields of common use: each is a TypeBox schema with the keywords that make it what it is.

import {
  type IntegerOptions,
  type SchemaOptions,
  type StringOptions,
  type TUnsafe,
  Type,
} from '@sinclair/typebox'
import { decimalKeywords, fromScaled } from './decimal.ts'
import { singleLine } from './format.ts'

/** One of a few words. (A TypeBox union of literals would become `anyOf` of `const` in the document.) */
export function Enum<const T extends readonly string[]>(values: T, options: StringOptions = {}) {
  return Type.Unsafe<T[number]>({ type: 'string', enum: values, ...options })
}

/** A date-time that the server sets when the row is created. */
export function CreatedAt(options: StringOptions = {}) {
  return Type.String({
    description: 'When it was created',
    ...options,
    format: 'date-time',
    readOnly: true,
    made: 'createdAt',
  })
}

/** A date-time that the server sets whenever the row is created or changed. */
export function UpdatedAt(options: StringOptions = {}) {
  return Type.String({
    description: 'When it was last changed',
    ...options,
    format: 'date-time',
    readOnly: true,
    made: 'updatedAt',
  })
}

/** The id of the caller who created the row: `key:7`, `token:<issuer>#<subject>`, or `open` where nobody is asked. */
export function CreatedBy(options: StringOptions = {}) {
  return Type.String({
    description: 'Who created it',
    examples: ['key:1'],
    ...options,
    pattern: singleLine,
    maxLength: maxCallerLength,
    readOnly: true,
    made: 'createdBy',
  })
}

/**
 * The caller whose row it is, for others it is not there: at first who created it. Callers with the scope
 * `<resource>:admin` see all rows, and give them to others.
 */
export function Owner(options: StringOptions = {}) {
  return Type.String({
    description: 'Whose it is; at first who created it',
    examples: ['key:1'],
    ...options,
    pattern: singleLine,
    minLength: 1,
    maxLength: maxCallerLength,
    made: 'owner',
  })
}

/** `token:<issuer>#<subject>`, with up to 255 characters each. */
const maxCallerLength = 'token:#'.length + 255 + 255

/** A UUID of version 7 (RFC 9562 §5.7), which the server makes. As the `key` of a resource, a caller may propose one. */
export function Uuid(options: StringOptions = {}) {
  return Type.String({
    description: 'Made by the server',
    ...options,
    format: 'uuid',
    readOnly: true,
    made: 'uuid',
  })
}

/**
 * A password, of which only a hash is stored, and which is never returned: see `verifyPassword`. Hooks see the new
 * password in `after`, and the hash in `before`.
 */
export function Password(options: StringOptions = {}) {
  return Type.String({
    minLength: 8,
    maxLength: 200,
    examples: ['correct horse battery staple'],
    ...options,
    writeOnly: true,
    kind: 'password',
  })
}

/** Text of a single line: no line breaks or other control characters. */
export function Line(options: StringOptions = {}) {
  return Type.String({ ...options, pattern: singleLine })
}

/** An amount of money in the minor unit of its currency (cents), never a float. */
export function MinorUnits(options: IntegerOptions = {}) {
  return Type.Integer({ description: 'In the minor unit of the currency', ...options })
}

/**
 * An exact decimal of up to `precision` digits, `scale` of them behind the point: a text such as `12.50`.
 * `minimum: 0`: none is below zero.
 */
export function Decimal(
  precision: number,
  scale: number,
  { minimum, ...options }: StringOptions & { readonly minimum?: 0 } = {},
) {
  return Type.String({
    examples: [fromScaled(precision > scale ? 10 ** scale : 1, scale)],
    ...options,
    // Any other is told of as a keyword that this field cannot have.
    ...(minimum === undefined || minimum === 0 ? {} : { minimum }),
    ...decimalKeywords({ precision, scale }, minimum === 0),
    kind: 'decimal',
  })
}

/** How many bytes a value of `Json` takes at most as JSON text, and how deep it is nested, unless its field says so. */
const usualJson = { maxBytes: 65_536, maxDepth: 32 }

/** Any JSON value, null included, which is kept as it was sent. `Json<Settings>()` says its type to the code of the service. */
export function Json<Value = unknown>({
  maxBytes = usualJson.maxBytes,
  maxDepth = usualJson.maxDepth,
  ...options
}: SchemaOptions & { readonly maxBytes?: number; readonly maxDepth?: number } = {}): TUnsafe<
  NoInfer<Value>
> {
  return Type.Unsafe<Value>({
    description: 'Any JSON value',
    examples: [{ color: 'green' }],
    ...options,
    'x-max-bytes': maxBytes,
    'x-max-depth': maxDepth,
  })
}

/** A currency's code (ISO 4217). */
export function Currency(options: StringOptions = {}) {
  return Type.String({
    description: 'ISO 4217 code',
    examples: ['EUR'],
    ...options,
    pattern: '^[A-Z]{3}$',
    minLength: 3,
    maxLength: 3,
  })
}
