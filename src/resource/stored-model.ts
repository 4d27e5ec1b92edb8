// A model as its table has it: with the names of the table and of the columns.

import { columnOf, type Field } from './field.ts'
import type { Model } from './model.ts'

/** The model as its table has it. The same model where the names are the same. */
export function toStoredModel(model: Model): Model {
  const isRenamed =
    model.table !== model.name ||
    model.references.some(({ model, table }) => model !== table) ||
    model.fields.some(({ column }) => column !== undefined)
  return isRenamed ? renamed(model) : model
}

function renamed(model: Model): Model {
  const stored = new Map(model.fields.map(field => [field.name, toStoredField(field)]))
  const fieldOf = ({ name }: Field) => stored.get(name) as Field
  const columns = (names: readonly string[]) => names.map(name => stored.get(name)?.name ?? name)
  return {
    ...model,
    name: model.table,
    key: fieldOf(model.key),
    fields: [...stored.values()],
    references: model.references.map(reference => ({
      ...reference,
      field: fieldOf(reference.field),
      model: reference.table,
    })),
    links: model.links.map(link => ({ ...link, field: fieldOf(link.field) })),
    unique: model.unique.map(columns),
    indexes: model.indexes.map(columns),
    searched: model.searched.map(fieldOf),
  }
}

function toStoredField(field: Field): Field {
  const { column: _, ...rest } = field
  return { ...rest, name: columnOf(field) }
}
