// The parts of a summary: the terms that rows are grouped by, and figures of a field.

import { digitsOf, fromScaled } from '../resource/decimal.ts'
import type { Field, JsonSchema } from '../resource/field.ts'
import { fieldExample } from '../resource/field-example.ts'
import { type Json, kinds, maxInteger } from '../resource/kinds.ts'
import { fromStored, type SqlValue } from '../resource/row.ts'

const periods = ['day', 'week', 'month'] as const

type Period = (typeof periods)[number]

/** A figure of each group: a column of the statement, and a member of the row that is returned. */
export interface SummaryColumn {
  /** The member: `sold_at_month`, `amount_sum`. */
  readonly name: string
  /** The member as a field, for writers and for the document. */
  readonly shown: Field
  /** Throws a `SumTooLarge`. */
  readonly read: (value: SqlValue) => Json
}

export interface GroupKey extends SummaryColumn {
  readonly field: Field
  /** The part of a date or a time that is read, where it is not the whole. */
  readonly period?: Period
}

export const ofFields = ['sum', 'avg', 'min', 'max'] as const

export interface Figure extends SummaryColumn {
  readonly figure: 'count' | (typeof ofFields)[number]
  /** None of the number of rows. */
  readonly field?: Field
}

/** A sum that JSON has no exact number for. */
export class SumTooLarge extends Error {
  readonly field: string

  constructor(field: string) {
    super(`The sum of ${field} is too large.`)
    this.field = field
  }
}

/** The terms that rows can be grouped by: the field itself, and for a date or a time also its day, week or month. */
export function groupKeysOf(field: Field): readonly GroupKey[] {
  const { name, schema, nullable } = field
  const whole = { name, field, shown: field, read: (value: SqlValue) => fromStored(field, value) }
  if (!isTime(field)) return [whole]
  const byPeriod = periods.map(period => {
    const example = String(fieldExample({ ...field, nullable: false })).slice(0, length[period])
    const type = period === 'month' ? { type: 'string' } : { type: 'string', format: 'date' }
    const shape = { ...type, description: said[period], examples: [mondayOf(example, period)] }
    const member = `${name}_${period}`
    const shown = toField(member, shape, nullable)
    return { name: member, field, period, shown, read: (value: SqlValue) => value }
  })
  return schema.format === 'date-time' ? [whole, ...byPeriod] : [whole, ...byPeriod.slice(1)]
}

const length: Readonly<Record<Period, number>> = { day: 10, week: 10, month: 7 }
const said: Readonly<Record<Period, string>> = {
  day: 'The day in UTC',
  week: 'The Monday of its week in UTC',
  month: 'The month in UTC',
}

function mondayOf(day: string, period: Period): string {
  if (period !== 'week') return day
  const date = new Date(day)
  date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7))
  return date.toISOString().slice(0, 10)
}

function isTime({ kind, schema: { format } }: Field): boolean {
  return kind.isText && (format === 'date' || format === 'date-time')
}

export const count: Figure = {
  name: 'count',
  figure: 'count',
  shown: toField('count', { type: 'integer', minimum: 0, examples: [3] }, false),
  read: Number,
}

/** Of a time the first and the last, of a number also the sum and the average. */
export function figuresOf(field: Field): readonly Figure[] {
  const figure = (
    name: 'sum' | 'avg' | 'min' | 'max',
    schema: JsonSchema,
    read: Figure['read'],
  ) => ({
    name: `${field.name}_${name}`,
    figure: name,
    field,
    shown: toField(`${field.name}_${name}`, schema, true),
    read,
  })
  const { description: _, ...own } = field.schema
  const ends = (['min', 'max'] as const).map(name =>
    figure(name, own, value => fromStored(field, value)),
  )
  if (field.kind.isText) return ends
  return [
    figure('sum', sumSchema(field), value => readSum(field, value)),
    figure('avg', averageSchema(field), value => readAverage(field, value)),
    ...ends,
  ]
}

function isDecimal({ kind }: Field): boolean {
  return kind.coding !== undefined
}

const decimalText: JsonSchema = {
  type: 'string',
  pattern: '^-?[0-9]+(?:\\.[0-9]+)?$',
  maxLength: 40,
}

function exampleOf(field: Field): { readonly examples: readonly unknown[] } {
  return { examples: [fieldExample({ ...field, nullable: false })] }
}

function sumSchema(field: Field): JsonSchema {
  if (isDecimal(field)) return { ...decimalText, ...exampleOf(field) }
  const isInteger = field.schema.type === 'integer'
  const limits = isInteger ? { minimum: -maxInteger, maximum: maxInteger } : {}
  return { type: field.schema.type, ...limits, ...exampleOf(field) }
}

function averageSchema(field: Field): JsonSchema {
  return { ...(isDecimal(field) ? decimalText : { type: 'number' }), ...exampleOf(field) }
}

/** A number is added up as this part of it, a power of two, so that only its result can be too large. */
export const sumScale = 2 ** -40

function readSum(field: Field, value: SqlValue): Json {
  if (value === null) return null
  const isReal = field.schema.type === 'number'
  const sum = isReal ? Number(value) / sumScale : Number(value)
  if (isReal ? !Number.isFinite(sum) : !Number.isSafeInteger(sum)) throw new SumTooLarge(field.name)
  return isDecimal(field) ? fromScaled(sum, digitsOf(field.schema).scale) : sum
}

/** Of decimals with as many places as they have, rounded half away from zero. */
function readAverage(field: Field, value: SqlValue): Json {
  if (value === null) return null
  const average = Number(value)
  if (field.schema.type === 'number') return average / sumScale
  if (!isDecimal(field)) return average
  const rounded = Math.sign(average) * Math.round(Math.abs(average))
  return fromScaled(rounded === 0 ? 0 : rounded, digitsOf(field.schema).scale)
}

/** A member without the limits of one that is sent. */
function toField(name: string, schema: JsonSchema, nullable: boolean): Field {
  return {
    name,
    kind: schema.type === 'string' ? kinds.string : kinds.number,
    schema,
    format: schema.format as string | undefined,
    required: false,
    nullable,
    readOnly: true,
    writeOnly: false,
    fixed: false,
    scopes: undefined,
    made: undefined,
    default: undefined,
    borrowed: false,
  }
}
