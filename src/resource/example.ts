// Examples of what is sent and answered, about the rows of the sample data where there are any: what a person would want to send.

import { type Field, isKept } from './field.ts'
import { changedExample, fieldExample } from './field-example.ts'
import { canonical, formats, isFormat } from './format.ts'
import { isComputed, isCounted, type Model } from './model.ts'
import { fromStored, ownMember, toStored } from './row.ts'

export type Example = Readonly<Record<string, unknown>>

/** The parent that a nested address names. */
export interface Below {
  readonly field: Field
  readonly key: unknown
}

/** A body of POST. */
export function createExample(model: Model, below?: Below): Example {
  return exampleOf(
    model.fields.filter(
      field =>
        !field.readOnly &&
        field.made === undefined &&
        field !== below?.field &&
        (field !== model.key || model.keyMadeBy === 'client'),
    ),
  )
}

/**
 * The row that the examples of a member are about: the last of the sample, which nothing need refer to. On a nested
 * address another one, so that each may be deleted.
 */
export function rowExample(model: Model, below?: Below): Example {
  const row = wholeExample(model, below)
  return Object.fromEntries(model.shown.map(field => [field.name, shownExample(model, field, row)]))
}

function shownExample(model: Model, field: Field, row: Example): unknown {
  return isComputed(model, field) ? fieldExample(field) : row[field.name]
}

function wholeExample(model: Model, below?: Below): Example {
  const rows = sampleRows(model)
  const last = rows.at(-1) ?? answered(model, exampleOf(model.fields))
  if (below === undefined) return last
  return rowsBelow(rows, below).findLast(row => row !== last) ?? { ...last, ...reference(below) }
}

/** A page of a list. */
export function listExample(model: Model, below?: Below): readonly Example[] {
  const rows = rowsBelow(sampleRows(model), below)
  return (rows.length > 0 ? rows.slice(0, 2) : [rowExample(model, below)]).map(row =>
    Object.fromEntries(model.listed.map(field => [field.name, shownExample(model, field, row)])),
  )
}

/** A body of PUT: that row with what it lacks, and a change; the key is in the address. */
export function replacementExample(model: Model, below?: Below): Example {
  const fields = model.fields.filter(
    field =>
      !field.readOnly &&
      !field.writeOnly &&
      field !== model.key &&
      (field.required || field.scopes?.write === undefined),
  )
  if (model.sample.length === 0) return { ...exampleOf(fields), ...reference(below) }
  const row = rowExample(model, below)
  const sent = fields.filter(field => row[field.name] !== null || isPlain(model, field))
  const own = sent.filter(({ name }) => row[name] !== null).map(({ name }) => [name, row[name]])
  return { ...exampleOf(sent), ...Object.fromEntries(own), ...patchExample(model) }
}

/** A body of PATCH: a new value for the last member that is no reference and need not be unique. */
export function patchExample(model: Model): Example {
  const changeable = model.fields.filter(
    field => field !== model.key && !field.readOnly && !isKept(field),
  )
  const field = changeable.findLast(field => isPlain(model, field)) ?? changeable.at(-1)
  return field === undefined ? {} : { [field.name]: changedExample(field) }
}

/** The key of a row that others refer to: of the sample rows the first. */
export function parentKeyExample(model: Model): unknown {
  return sampleRows(model)[0]?.[model.key.name] ?? fieldExample(model.key)
}

function exampleOf(fields: readonly Field[]): Example {
  return Object.fromEntries(fields.map(field => [field.name, fieldExample(field)]))
}

function reference(below: Below | undefined): Example {
  return below === undefined ? {} : { [below.field.name]: below.key }
}

function rowsBelow(rows: readonly Example[], below: Below | undefined): readonly Example[] {
  return rows.filter(row => below === undefined || row[below.field.name] === below.key)
}

/** Whether its value is the row's own affair. */
function isPlain({ unique, references }: Model, field: Field): boolean {
  return (
    !unique.flat().includes(field.name) && !references.some(reference => reference.field === field)
  )
}

/** The sample rows as they are answered once they are stored, with the keys that the server makes. */
function sampleRows(model: Model): readonly Example[] {
  let largest = 0
  return model.sample.map(values => {
    if (model.keyMadeBy === 'client') return answered(model, values)
    if (!isCounted(model))
      return answered(model, { [model.key.name]: fieldExample(model.key), ...values })
    const key = (ownMember(values, model.key.name) as number | undefined) ?? largest + 1
    largest = Math.max(largest, key)
    return answered(model, { ...values, [model.key.name]: key })
  })
}

/** A row as it is answered: every member, in its stored form. */
function answered({ fields }: Model, values: Example): Example {
  return Object.fromEntries(
    fields.map(field => [
      field.name,
      stored(field, ownMember(values, field.name) ?? unsaid(field)),
    ]),
  )
}

/** The value of a field that no sample gives. */
function unsaid(field: Field): unknown {
  if (field.borrowed || field.made !== undefined) return fieldExample(field)
  return field.default ?? null
}

/** Sample rows are checked only when they are stored, so what is wrong with one stays as it is. */
function stored(field: Field, value: unknown): unknown {
  const { format, kind, schema } = field
  if (kind.coding !== undefined && kind.fromStored !== undefined)
    return new RegExp(String(schema.pattern)).test(String(value))
      ? fromStored(field, toStored(field, value))
      : value
  return typeof value === 'string' && isFormat(format) && formats[format].check(value)
    ? canonical(format, value)
    : value
}
