// Rows that come from a file rather than a caller: the sample data and `load`, all or nothing.

import { basename } from 'node:path'
import { openPrincipal } from '../access/access.ts'
import { write, writeContext } from '../handlers/change.ts'
import { type Engine, tableOf } from '../handlers/engine.ts'
import { fieldsOf, RefusedWrite } from '../handlers/refusal.ts'
import type { Model } from '../resource/model.ts'
import { recordShape } from '../resource/record-shape.ts'
import { Refusal } from '../resource/resource.ts'
import { ownMember, type SqlValue, toStored, type Values } from '../resource/row.ts'
import type { Work } from '../store/store.ts'
import { compileEach } from '../validation/compile-each.ts'
import { bodyFindings, findingToText } from '../validation/validator.ts'

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

function requireModel(models: readonly Model[], label: string, place: string): Model {
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
  const ordered = referredFirst(parentsFirst)
  await engine.passwords.transact(engine, () => insertAll(engine, ordered, progress))
}

/** Puts each record after those that it refers to. A circle of references cannot be put in order. */
function referredFirst(records: readonly LoadedRecord[]): readonly LoadedRecord[] {
  const nameOf = (model: string, key: unknown) => JSON.stringify([model, key])
  const byName = new Map(records.map(record => [nameOf(record.model.name, keyOf(record)), record]))
  const ordered = new Set<LoadedRecord>()
  const begun = new Set<LoadedRecord>()
  const waiting = records.toReversed()
  for (let record = waiting.at(-1); record !== undefined; record = waiting.at(-1)) {
    const { model, values } = record
    const referred = referredKeys(model, values).map(([name, key]) => byName.get(nameOf(name, key)))
    const first = begun.has(record)
      ? []
      : referred.filter(other => other !== undefined && !begun.has(other))
    begun.add(record)
    if (first.length === 0) ordered.add(waiting.pop() as LoadedRecord)
    else waiting.push(...(first as LoadedRecord[]))
  }
  return [...ordered]
}

/** The rows that a record refers to: their models and keys. */
function referredKeys(
  { references, links }: Model,
  values: Values,
): readonly (readonly [model: string, key: unknown])[] {
  return [
    ...references.map(
      ({ field, model }) => [model, toStored(field, ownMember(values, field.name))] as const,
    ),
    ...links.flatMap(({ field, model }) =>
      [ownMember(values, field.name) ?? []].flat().map(key => [model, key] as const),
    ),
  ]
}

function keyOf({ model: { key }, values }: LoadedRecord): SqlValue {
  return toStored(key, ownMember(values, key.name))
}

function* insertAll(
  engine: Engine,
  records: readonly LoadedRecord[],
  progress: (done: number) => void,
): Work<void> {
  const context = writeContext(engine, openPrincipal)
  for (const [index, record] of records.entries()) {
    try {
      const { model, values } = record
      yield* write({ ...context, journal: [] }, tableOf(engine, model.name), {
        operation: 'create',
        values,
      })
    } catch (error) {
      throw refusedRecord(record, error)
    }
    progress(index + 1)
  }
}

function refusedRecord({ model, place }: LoadedRecord, error: unknown): unknown {
  if (error instanceof Refusal)
    return new RecordError([
      `${place}: ${error.field === undefined ? '' : `${error.field}: `}${error.message}`,
    ])
  if (!(error instanceof RefusedWrite)) return error
  const { code, message } = error.cause
  if (code === 'unique') {
    const taken = fieldsOf(error.model, error.cause)
    return new RecordError([`${place}: ${taken.join(', ')} is taken`])
  }
  if (code !== 'reference') return new Error(`${place}: ${message}`)
  const names = [...model.references, ...model.links].map(({ field }) => field.name).join(' or ')
  return new RecordError([`${place}: ${names} refers to a row that does not exist`])
}

const validatorOf = compileEach(recordShape)

/** Reports every mistake of every record, and fills in defaults. */
function checkRecords(records: readonly LoadedRecord[]): void {
  const mistakes = records.flatMap(({ model, values, place }) => {
    return bodyFindings(validatorOf(model)(values)).map(
      finding => `${place}: ${findingToText(finding)}`,
    )
  })
  if (mistakes.length > 0) throw new RecordError(mistakes)
}
