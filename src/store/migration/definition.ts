// A definition as the ledger remembers it: all that tables follow from, as JSON, and the tables that follow from it.

import { isDeepStrictEqual } from 'node:util'
import type { Field } from '../../resource/field.ts'
import { type KindName, kinds } from '../../resource/kinds.ts'
import { columnFields, type Model } from '../../resource/model.ts'
import type { Language } from '../../resource/search-option.ts'
import type { Dialect } from '../store.ts'
import { modelToTable, type Table } from '../table.ts'

/** Every resource that has a table. Later versions may add members, and never change the meaning of one. */
export interface Definition {
  readonly resources: readonly RememberedResource[]
  /** The numbered files that had been run; earlier versions did not remember them. */
  readonly files?: readonly string[]
}

/** The members of a `Model` by which its table is made; fields and models are told by their names. */
export interface RememberedResource
  extends Pick<Model, 'name' | 'keyMadeBy' | 'unique' | 'indexes' | 'owner' | 'keepDeleted'> {
  readonly key: string
  /** In ms; it comes with an index. */
  readonly keepFor?: number
  /** In the order of the columns; the key is first. */
  readonly fields: readonly RememberedField[]
  readonly references: readonly {
    readonly field: string
    readonly model: string
    /** Where the database itself sees to it. */
    readonly onDelete?: 'cascade'
  }[]
  /** Of the table of a link. */
  readonly joins?: boolean
  /** The fields that are searched, where there are any. */
  readonly searched?: readonly string[]
  readonly searchLanguage?: Language
}

/** A `Field` with its whole schema; its kind is told by name. */
export interface RememberedField extends Omit<Field, 'kind' | 'borrowed'> {
  readonly kind: KindName
}

export function toDefinition(tables: readonly Table[]): Definition {
  return { resources: tables.map(({ model }) => toResource(model)) }
}

function toResource({
  name,
  key,
  keyMadeBy,
  fields,
  references,
  joins,
  unique,
  indexes,
  searched,
  searchLanguage,
  owner,
  keepDeleted,
  keepFor,
}: Model) {
  return {
    name,
    key: key.name,
    keyMadeBy,
    fields: columnFields({ fields }).map(({ borrowed: _, ...field }) => ({
      ...field,
      kind: field.kind.name,
    })),
    references: references.map(({ field, model, onDelete }) => ({
      field: field.name,
      model,
      ...(joins && onDelete === 'cascade' ? { onDelete } : {}),
    })),
    ...(joins ? { joins } : {}),
    unique,
    indexes,
    owner,
    keepDeleted,
    ...(keepFor === undefined ? {} : { keepFor }),
    ...(searched.length === 0 ? {} : { searched: searched.map(({ name }) => name) }),
    ...(searchLanguage === undefined ? {} : { searchLanguage }),
  }
}

/** `wanted`: the tables of today, of which those that have not changed since are not made again. */
export function toTables(
  dialect: Dialect,
  { resources }: Definition,
  wanted: readonly Table[] = [],
): readonly Table[] {
  const today = new Map(wanted.map(table => [table.name, table]))
  return resources.map(resource => {
    const table = today.get(resource.name)
    const isUnchanged = table !== undefined && isRemembered(table, resource)
    return isUnchanged ? table : modelToTable(dialect, toModel(resource))
  })
}

function isRemembered({ model }: Table, resource: RememberedResource): boolean {
  return isDeepStrictEqual(JSON.parse(JSON.stringify(toResource(model))), resource)
}

/** The model as far as its table goes; it cannot be served. */
function toModel({
  key,
  fields: remembered,
  references,
  joins = false,
  keepFor,
  searched = [],
  searchLanguage,
  ...rest
}: RememberedResource): Model {
  const fields = remembered.map(field => ({ ...field, kind: kinds[field.kind], borrowed: false }))
  const named = (name: string) => fields.find(field => field.name === name) as Field
  return {
    ...rest,
    table: rest.name,
    fields,
    key: named(key),
    references: references.map(({ field, model, onDelete = 'refuse' as const }) => ({
      field: named(field),
      model,
      table: model,
      onDelete,
    })),
    joins,
    keepFor,
    searched: searched.map(named),
    searchLanguage,
    ...unserved,
  }
}

const unserved = {
  isAdopted: false,
  singular: '',
  component: '',
  description: '',
  file: '',
  shown: [],
  listed: [],
  hasFieldScopes: false,
  filterable: [],
  sortable: [],
  links: [],
  borrowed: [],
  includes: [],
  children: [],
  through: [],
  summary: false,
  computed: [],
  parents: [],
  restores: false,
  requireIfMatch: false,
  publicRead: false,
  visible: undefined,
  without: [],
  nestedOnly: false,
  deprecated: undefined,
  hooks: {},
  actions: [],
  views: [],
  sample: [],
} satisfies Partial<Model>
