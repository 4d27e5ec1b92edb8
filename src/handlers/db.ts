// `db` of a definition's code: each question is a work, with the filters of an address and the checks of a write.

import type { Asked, Db, Reading } from '../resource/db.ts'
import type { Model } from '../resource/model.ts'
import type { Defined } from '../resource/representation.ts'
import { type Row, rowToValues, type SqlValue, toStored, type Values } from '../resource/row.ts'
import { selectCount, selectForUpdate, selectMember, selectPage } from '../store/select.ts'
import type { Work } from '../store/store.ts'
import type { Table } from '../store/table.ts'
import { type Engine, tableOf } from './engine.ts'
import { maxOwnRows, toOwnFilters, toOwnQuery, type Wanted } from './own-query.ts'
import { toChangedValues, toNewValues } from './own-values.ts'
import type { Questions } from './questions.ts'
import type { Write, WriteContext } from './writing.ts'

export interface Asker {
  readonly engine: Engine
  readonly questions: Questions
  /** The problem for code that asks for a row that is not there. */
  readonly missing: (model: Model, key: SqlValue) => unknown
}

/** How many resources may write because of one another; more are taken for a circle. */
const maxDepth = 16

/** For code that only reads. */
export function readingDb({ engine, questions, missing }: Asker): Reading {
  const ask = asking(engine, questions)
  return {
    read: (resource, key) =>
      ask('read', resource, function* (table) {
        const [row] = yield selectMember(table, toStored(table.model.key, key))
        if (row === undefined) throw missing(table.model, key)
        return rowToValues(table.model.fields, row)
      }),
    list: (resource, wanted = {}) => ask('list', resource, table => list(table, wanted as Wanted)),
    count: (resource, wanted = {}) =>
      ask('count', resource, function* (table) {
        const [row] = yield selectCount(table, toOwnFilters(table.model, wanted as Wanted))
        return Number(row?.[0])
      }),
    query: statement =>
      questions.ask('db.query', function* (): Work<readonly Row[]> {
        return yield engine.ownSql.toStatement(statement)
      }),
  }
}

/** For code that is part of a write; `name`: of the resource or file whose code it is. */
export function writingDb(
  asker: Asker,
  context: WriteContext,
  { name }: { readonly name: string },
): Db {
  const ask = asking(asker.engine, asker.questions)
  const nested = { ...context, askedBy: [...context.askedBy, name] }
  const lock = function* (table: Table, key: SqlValue): Work<Row> {
    const [row] = yield selectForUpdate(table, toStored(table.model.key, key))
    if (row === undefined) throw asker.missing(table.model, key)
    return row
  }
  return {
    ...readingDb(asker),
    lock: (resource, key) =>
      ask('lock', resource, function* (table) {
        return rowToValues(table.model.fields, yield* lock(table, key))
      }),
    create: (resource, values) =>
      ask('create', resource, function* (table) {
        const wanted = toNewValues(table.model, values)
        return yield* write(nested, table, { operation: 'create', values: wanted })
      }),
    change: (resource, key, members) =>
      ask('change', resource, function* (table) {
        const current = yield* lock(table, key)
        const values = toChangedValues(
          table.model,
          rowToValues(table.model.fields, current),
          members,
        )
        return yield* write(nested, table, { operation: 'update', current, values })
      }),
    remove: (resource, key) =>
      ask('remove', resource, function* (table) {
        const current = yield* lock(table, key)
        return yield* write(nested, table, { operation: 'delete', current })
      }),
  }
}

/** Asks a question about a resource; `db.list(bookings)` is how it is told of. */
function asking(engine: Engine, questions: Questions) {
  return (question: string, resource: Defined<unknown>, work: (table: Table) => Work<unknown>) =>
    questions.ask(`db.${question}(${resource?.name})`, () =>
      work(ownTable(engine, resource)),
    ) as Asked<never>
}

function ownTable(engine: Engine, resource: Defined<unknown>): Table {
  const model = engine.models.find(({ name }) => name === resource?.name)
  if (model === undefined)
    throw new Error(
      `db was asked for '${resource?.name}', which is no resource of the service: pass what resource() has made`,
    )
  return tableOf(engine, model.name)
}

function* list(table: Table, wanted: Wanted): Work<readonly Values[]> {
  const { model } = table
  const query = toOwnQuery(model, wanted)
  const rows = yield selectPage(table, query)
  if (rows.length > query.limit && wanted.limit === undefined)
    throw new Error(
      `db.list found more than ${maxOwnRows} ${model.name}: give it filters or a limit`,
    )
  return rows.slice(0, query.limit).map(row => rowToValues(model.fields, row))
}

function* write(context: WriteContext, table: Table, request: Write): Work<Values> {
  const { askedBy } = context
  if (askedBy.length > maxDepth)
    throw new Error(`hooks write because of one another without end: ${askedBy.join(' → ')}`)
  const { row } = yield* context.write(context, table, request)
  return rowToValues(table.model.fields, row)
}
