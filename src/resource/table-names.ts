// Names of tables and columns that a definition chooses: anything that no other one has and that is not reserved.

import { didYouMean } from './did-you-mean.ts'
import { columnOf, type Report } from './field.ts'
import type { Model } from './model.ts'
import { reservedField, reservedResource } from './names.ts'
import type { Resource } from './resource.ts'

/** A dot would divide it in messages and options, and `_` at the start is ours. */
const plainName = /^[a-zA-Z][a-zA-Z0-9_ $-]{0,62}$/
const wanted = 'must be up to 63 of letters, digits, _, -, $ and spaces, a letter first'

export function checkTableNames({ options }: Resource, model: Model, report: Report): void {
  const { table, fields } = model
  if (model.isAdopted && !plainName.test(table)) report('', `table '${table}' ${wanted}`)
  const reserved = model.isAdopted ? reservedResource(table) : undefined
  if (reserved !== undefined) report('', reserved)
  const known = new Map(fields.map(field => [field.name, field]))
  for (const [name, column = ''] of Object.entries(options.columns ?? {})) {
    const field = known.get(name)
    if (field === undefined)
      report(
        name,
        `is named in columns, but there is no such field${didYouMean(name, known.keys())}`,
      )
    else if (field.kind.isJoined)
      report(name, 'cannot be in columns: its keys are in a table of their own')
    if (!plainName.test(column)) report(name, `has the column '${column}', which ${wanted}`)
    if (reservedField(column) !== undefined)
      report(name, `has the column '${column}', which ${reservedField(column)}`)
  }
  if (options.columns === undefined) return
  const columns = fields.map(field => columnOf(field).toLowerCase())
  for (const [index, field] of fields.entries())
    if (columns.indexOf(columns[index] ?? '') !== index)
      report(field.name, `has the column of another field, ${columnOf(field)}`)
}

/** SQLite takes names that differ only by case for the same. */
export function sameTableMistakes(models: readonly Model[]): readonly string[] {
  const alike = Map.groupBy(models, ({ table }) => table.toLowerCase())
  return models.flatMap(model => {
    const [first] = alike.get(model.table.toLowerCase()) ?? []
    const isChosen = [model, first].some(one => one?.isAdopted)
    if (first === undefined || first === model || !isChosen) return []
    const [chooser, other] = model.isAdopted ? [model, first] : [first, model]
    return [`${chooser.file}: the table '${chooser.table}' is that of '${other.name}'`]
  })
}
