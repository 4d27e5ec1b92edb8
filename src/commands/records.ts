// Rows that come from a file rather than a caller: the sample data and `load`, all or nothing.

import { basename } from 'node:path'
import { openPrincipal } from '../access/access.ts'
import { write, writeContext } from '../handlers/change.ts'
import { type Engine, tableOf } from '../handlers/engine.ts'
import { keysOf } from '../handlers/lists.ts'
import { fieldsOf, RefusedWrite } from '../handlers/refusal.ts'
import type { Field } from '../resource/field.ts'
import type { Model } from '../resource/model.ts'
import { recordShape } from '../resource/record-shape.ts'
import { Refusal } from '../resource/resource.ts'
import { ownMember, type SqlValue, toStored, type Values } from '../resource/row.ts'
import { fillList } from '../store/links.ts'
import { StoreError, type Work } from '../store/store.ts'
import { setColumn } from '../store/write.ts'
import { compileEach } from '../validation/compile-each.ts'
import { bodyFindings, findingToText } from '../validation/validator.ts'
import { inLoadOrder, type Ordered } from './load-order.ts'

export interface LoadedRecord {
  readonly model: Model
  readonly values: Values
  /** Where the record is, in words: `books.json record 3`. */
  readonly place: string
}

/** The mistakes in the records, each with its place and field. No record was stored. */
export class RecordError extends Error {
  constructor(mistakes: readonly string[]) {
    const shown = mistakes.slice(0, 50)
    const more = mistakes.length - shown.length
    super([...shown, ...(more > 0 ? [`and ${more} more`] : []), 'Nothing was stored.'].join('\n'))
  }
}

/** The sample rows of the models, parents first. */
export function sampleRecords(models: readonly Model[]): readonly LoadedRecord[] {
  return models.flatMap(model =>
    model.sample.map((values, index) => ({
      model,
      values: values as Values,
      place: `${model.file} sample ${index + 1}`,
    })),
  )
}

/**
 * The records of a file's JSON, in one of three forms: `{"books": [{…}]}`, fixtures
 * `[{"model": "books.book", "pk": 1, "fields": {…}}]`, or, in a file called `books.json`, `[{…}]`.
 */
export function parseRecords(
  models: readonly Model[],
  file: string,
  json: unknown,
): readonly LoadedRecord[] {
  const place = (index: number, name = '') => `${file}${name} record ${index + 1}`
  if (Array.isArray(json) && json.some(isFixture))
    return json.map((fixture, index) => fixtureToRecord(models, fixture, place(index)))
  const named = Array.isArray(json) ? { [basename(file, '.json')]: json } : json
  if (typeof named !== 'object' || named === null)
    throw new RecordError([`${file}: must be a JSON list or object`])
  return Object.entries(named).flatMap(([name, rows]) => {
    const model = requireModel(models, name, file)
    if (!Array.isArray(rows)) throw new RecordError([`${file}: ${name} must be a list of records`])
    return rows.map((values, index) => ({
      model,
      values,
      place: place(index, Array.isArray(json) ? '' : ` ${name}`),
    }))
  })
}

/** The records of a file called `books.ndjson`, each on a line of its own. */
export function parseLines(
  models: readonly Model[],
  file: string,
  text: string,
): readonly LoadedRecord[] {
  const model = requireModel(models, basename(file, '.ndjson'), file)
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return []
    const place = `${file} line ${index + 1}`
    return [{ model, values: parseLine(line, place), place }]
  })
}

function parseLine(line: string, place: string): Values {
  try {
    return JSON.parse(line)
  } catch (error) {
    throw new RecordError([`${place}: is not JSON: ${(error as Error).message}`])
  }
}

interface Fixture {
  readonly model: string
  readonly pk?: unknown
  readonly fields: Values
}

function isFixture(value: unknown): value is Fixture {
  const fixture = value as Partial<Fixture> | null
  return (
    typeof fixture?.model === 'string' &&
    typeof fixture.fields === 'object' &&
    fixture.fields !== null
  )
}

function fixtureToRecord(models: readonly Model[], fixture: unknown, place: string): LoadedRecord {
  if (!isFixture(fixture))
    throw new RecordError([`${place}: must have model and fields, as the others have`])
  const { model: label, pk, fields } = fixture
  const model = requireModel(models, label.split('.').at(-1) ?? '', place)
  const key = pk === undefined || pk === null ? {} : { [model.key.name]: pk }
  return { model, values: { ...fields, ...key } as Values, place }
}

export function requireModel(models: readonly Model[], label: string, place: string): Model {
  const wanted = label.toLowerCase()
  const model = models.find(({ name, singular }) => name === wanted || singular === wanted)
  if (model === undefined)
    throw new RecordError([
      `${place}: '${label}' is not a resource; there are ${models.map(({ name }) => name).join(', ')}`,
    ])
  return model
}

/**
 * Stores the records in one transaction; `progress` is told how many are done. Throws a `RecordError` that names record
 * and field, and then nothing is stored.
 */
export async function storeRecords(
  engine: Engine,
  records: readonly LoadedRecord[],
  progress: (done: number) => void = () => {},
): Promise<void> {
  checkRecords(records)
  const byModel = Map.groupBy(records, ({ model }) => model)
  const parentsFirst = engine.models.flatMap(model => byModel.get(model) ?? [])
  const ordered = inLoadOrder(parentsFirst)
  await engine.passwords.transact(engine, () => insertAll(engine, ordered, progress))
}

function* insertAll(
  engine: Engine,
  records: readonly Ordered<LoadedRecord>[],
  progress: (done: number) => void,
): Work<void> {
  const context = writeContext(engine, openPrincipal)
  const waiting: (Ordered<LoadedRecord> & { readonly key: SqlValue })[] = []
  for (const [index, { record, later }] of records.entries()) {
    const { model, values } = record
    const names = later.map(({ name }) => name)
    const now = Object.entries(values).filter(([name]) => !names.includes(name))
    try {
      const { row } = yield* write({ ...context, journal: [] }, tableOf(engine, model.name), {
        operation: 'create',
        values: Object.fromEntries(now),
      })
      if (later.length > 0) waiting.push({ record, later, key: row[0] ?? null })
    } catch (error) {
      throw refusedRecord(record, error)
    }
    progress(index + 1)
  }
  for (const { record, later, key } of waiting) yield* setLater(engine, record, { later, key })
}

/** Sets what refers to records that were stored after this one. */
function* setLater(
  engine: Engine,
  { model, values, place }: LoadedRecord,
  { later, key }: { readonly later: readonly Field[]; readonly key: SqlValue },
): Work<void> {
  const table = tableOf(engine, model.name)
  try {
    for (const field of later) {
      const link = model.links.find(link => link.field === field)
      if (link !== undefined) yield fillList(table, link, key, keysOf(engine, link, values))
      else {
        const value = toStored(field, ownMember(values, field.name))
        yield setColumn(table, field, { key, value })
      }
    }
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'unique') throw error
    throw takenRecord(place, fieldsOf(model, error))
  }
}

export function refusedRecord(
  { model, place }: Pick<LoadedRecord, 'model' | 'place'>,
  error: unknown,
): unknown {
  if (error instanceof Refusal)
    return new RecordError([
      `${place}: ${error.field === undefined ? '' : `${error.field}: `}${error.message}`,
    ])
  if (!(error instanceof RefusedWrite)) return error
  const { code, message } = error.cause
  if (code === 'unique') return takenRecord(place, fieldsOf(error.model, error.cause))
  if (code !== 'reference') return new Error(`${place}: ${message}`)
  const names = [...model.references, ...model.links].map(({ field }) => field.name).join(' or ')
  return new RecordError([`${place}: ${names} refers to a row that does not exist`])
}

function takenRecord(place: string, fields: readonly string[]): RecordError {
  return new RecordError([`${place}: ${fields.join(', ')} is taken`])
}

export const recordValidatorOf = compileEach(recordShape)

/** Reports every mistake of every record, and fills in defaults. */
function checkRecords(records: readonly LoadedRecord[]): void {
  const mistakes = records.flatMap(({ model, values, place }) => {
    return bodyFindings(recordValidatorOf(model)(values)).map(
      finding => `${place}: ${findingToText(finding)}`,
    )
  })
  if (mistakes.length > 0) throw new RecordError(mistakes)
}
