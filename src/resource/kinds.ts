// The kinds of field: one entry says how values of a kind are stored, read back, compared, measured and carried in a
// cursor. Nothing else asks for a kind by its name, but for the column types of the databases.

import { digitsOf, fromScaled, isPositive, largestScaled, toScaled } from './decimal.ts'
import { canonical, controlFree } from './format.ts'
import { isShortFormat, textIndexBytes } from './text-size.ts'

export type JsonSchema = { readonly [keyword: string]: unknown }
export type Json = null | boolean | number | string | Json[] | { [member: string]: Json }

/** A value as both databases take it and give it back. */
export type SqlValue = null | number | string | boolean

/** JSON numbers are exact up to here (RFC 8259 §6); a larger integer could not be read back. */
export const maxInteger = Number.MAX_SAFE_INTEGER

/** The questions that a kind answers about its fields. */
export interface FieldShape {
  readonly format: string | undefined
  readonly schema: JsonSchema
}

/** How a filter may compare values: beside asking whether they are equal, by their order, or as texts by their parts; a list by what is in it; or not at all. */
export type Comparison = 'ordered' | 'textual' | 'equal' | 'items' | 'none'

export interface Kind {
  readonly name: KindName
  /** Whether a field of it can be filtered, sorted, unique or indexed. */
  readonly isScalar: boolean
  /** Whether its values are texts, with a length and perhaps a format. */
  readonly isText: boolean
  /** Whether clients may choose keys of it. */
  readonly canBeKey: boolean
  comparison(field: FieldShape): Comparison
  /** The schema of a value that rows are compared with: its type, without the limits of what is stored. */
  valueSchema(field: FieldShape): JsonSchema
  /** Whether its values are not in a column of the row, but in the rows of another table. */
  readonly isJoined?: true
  /** Whether what is stored is a hash of the value. */
  readonly isHashed?: true
  /**
   * Where stored values are not those of the schema: how they are coded. One coding is never taken for another, and a
   * column has only the limits of the coding.
   */
  coding?(field: FieldShape): Coding
  /** Whether a cursor may carry this value. */
  fitsCursor(value: unknown): boolean
  /** In bytes, what a value takes at most in an index entry. */
  indexBytes(field: FieldShape): number
  /** Whether values can be so large that those of a page are measured. */
  canBeLarge(field: FieldShape): boolean
  /** Whether the database holds a value that this kind can read back. */
  canRead(stored: SqlValue): boolean
  /** A checked value that is not null, in the form in which it is stored and compared. */
  toStored(value: unknown, field: FieldShape): SqlValue
  /** The value of a filter, where it is not one of the field. */
  toCompared?(value: unknown, field: FieldShape): SqlValue
  /** A stored value that is not null, as the row's object has it; where the two are the same, there is no function. */
  readonly fromStored?: (value: SqlValue, field: FieldShape) => Json
}

export interface Coding {
  /** In words, for people who convert a column. */
  readonly name: string
  /** The limits of stored values. */
  readonly limits: JsonSchema
}

/** A text to look for, or to compare with. */
export const textSchema: JsonSchema = { type: 'string', maxLength: 1000, pattern: controlFree }

const orderedFormats = ['date', 'date-time']

export type KindName =
  | 'string'
  | 'integer'
  | 'number'
  | 'boolean'
  | 'json'
  | 'decimal'
  | 'keys'
  | 'password'

export const kinds: Readonly<Record<KindName, Kind>> = {
  string: {
    name: 'string',
    isScalar: true,
    isText: true,
    canBeKey: true,
    comparison: ({ format, schema }) => {
      if (orderedFormats.includes(format ?? '')) return 'ordered'
      return schema.enum === undefined && format !== 'uuid' ? 'textual' : 'equal'
    },
    valueSchema: ({ format, schema }) => {
      if (schema.enum !== undefined) return { type: 'string', enum: schema.enum }
      return format === undefined ? textSchema : { type: 'string', format }
    },
    fitsCursor: value => typeof value === 'string' && value.isWellFormed() && !value.includes('\0'),
    indexBytes: textIndexBytes,
    canBeLarge: ({ format }) => !isShortFormat(format),
    canRead: () => true,
    toStored: (value, { format }) => canonical(format, value as string),
  },
  integer: {
    name: 'integer',
    isScalar: true,
    isText: false,
    canBeKey: true,
    comparison: () => 'ordered',
    valueSchema: () => ({ type: 'integer', minimum: -maxInteger, maximum: maxInteger }),
    fitsCursor: value => Number.isSafeInteger(value),
    indexBytes: () => 8,
    canBeLarge: () => false,
    canRead: () => true,
    toStored: value => value as number,
  },
  number: {
    name: 'number',
    isScalar: true,
    isText: false,
    canBeKey: false,
    comparison: () => 'ordered',
    valueSchema: () => ({ type: 'number' }),
    fitsCursor: value => Number.isFinite(value),
    indexBytes: () => 8,
    canBeLarge: () => false,
    canRead: () => true,
    toStored: value => value as number,
  },
  boolean: {
    name: 'boolean',
    isScalar: true,
    isText: false,
    canBeKey: false,
    comparison: () => 'equal',
    valueSchema: () => ({ type: 'boolean' }),
    fitsCursor: value => typeof value === 'boolean',
    indexBytes: () => 8,
    canBeLarge: () => false,
    canRead: stored => stored === 0 || stored === 1 || typeof stored === 'boolean',
    toStored: value => value as boolean,
    // SQLite has 0 and 1.
    fromStored: value => Boolean(value),
  },
  // A list, a nested object, or any JSON value. A list of texts is filtered by what is in it.
  json: {
    name: 'json',
    isScalar: false,
    isText: false,
    canBeKey: false,
    comparison: field => (hasTexts(field) ? 'items' : 'none'),
    valueSchema: field => (hasTexts(field) ? itemOf(field).kind.valueSchema(itemOf(field)) : {}),
    fitsCursor: () => false,
    indexBytes: () => 8,
    canBeLarge: () => true,
    canRead: () => true,
    toStored: value => JSON.stringify(value),
    toCompared: value => value as string,
    fromStored: value => JSON.parse(value as string),
  },
  decimal: {
    name: 'decimal',
    isScalar: true,
    isText: false,
    canBeKey: false,
    coding: ({ schema }) => {
      const digits = digitsOf(schema)
      const largest = largestScaled(digits)
      return {
        name: `decimals of ${digits.scale} places`,
        limits: { minimum: isPositive(schema) ? 0 : -largest, maximum: largest },
      }
    },
    comparison: () => 'ordered',
    valueSchema: ({ schema: { type, pattern, maxLength } }) => ({ type, pattern, maxLength }),
    fitsCursor: value => typeof value === 'string' && /^-?\d{1,15}(?:\.\d{1,15})?$/.test(value),
    indexBytes: () => 8,
    canBeLarge: () => false,
    canRead: stored => typeof stored === 'number',
    toStored: (value, { schema }) => toScaled(value as string, digitsOf(schema).scale),
    fromStored: (value, { schema }) => fromScaled(Number(value), digitsOf(schema).scale),
  },
  // The keys of rows of another resource, in a table of their own.
  keys: {
    name: 'keys',
    isScalar: false,
    isText: false,
    canBeKey: false,
    isJoined: true,
    comparison: () => 'items',
    valueSchema: field => itemOf(field).kind.valueSchema(itemOf(field)),
    fitsCursor: () => false,
    indexBytes: () => 8,
    canBeLarge: () => true,
    canRead: () => true,
    toStored: value => JSON.stringify(value),
    toCompared: (value, field) => itemOf(field).kind.toStored(value, itemOf(field)),
    fromStored: value => JSON.parse(value as string),
  },
  password: {
    name: 'password',
    isScalar: false,
    isText: false,
    canBeKey: false,
    isHashed: true,
    coding: () => ({ name: 'hashes of passwords', limits: { minLength: 80, maxLength: 200 } }),
    comparison: () => 'none',
    valueSchema: () => ({}),
    fitsCursor: () => false,
    indexBytes: () => 8,
    canBeLarge: () => false,
    canRead: () => true,
    toStored: value => value as string,
  },
}

function hasTexts({ schema }: FieldShape): boolean {
  return (schema.items as JsonSchema | undefined)?.type === 'string'
}

/** The items of a list as a field. */
function itemOf({ schema }: FieldShape): FieldShape & { readonly kind: Kind } {
  const items = schema.items as JsonSchema
  return { kind: kindOf(undefined, items.type), format: items.format as string, schema: items }
}

const kindsOfTypes: Readonly<Record<string, KindName>> = {
  string: 'string',
  integer: 'integer',
  number: 'number',
  boolean: 'boolean',
  array: 'json',
  object: 'json',
}

/** The kind of a field: the one that a helper names, or that of its type. */
export function kindOf(named: unknown, type: unknown): Kind {
  return kinds[(named as KindName | undefined) ?? kindsOfTypes[String(type)] ?? 'json']
}
