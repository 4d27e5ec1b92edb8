// A model is what is derived from a resource: what the rest of the engine sees of it.

import type { OwnAction, OwnView } from './actions.ts'
import type { Borrowed } from './borrowed.ts'
import type { Caller } from './caller.ts'
import type { Derived } from './computed.ts'
import type { Field } from './field.ts'
import { isGenerator } from './hooks.ts'
import type { Include } from './include.ts'
import type { OnRemoval } from './reference.ts'
import type { Deprecation, Hooks, OnDelete, Resource } from './resource.ts'
import type { Language } from './search-option.ts'
import type { UsualOperation } from './usual-operations.ts'
import type { VisibleRows } from './visible.ts'

/** A field whose values are keys of another model. */
export interface Reference {
  readonly field: Field
  readonly model: string
  /** The table of that model. */
  readonly table: string
  readonly onDelete: OnDelete
}

/** A field with the keys of rows of another model: they are in a table between the two. */
export interface Link {
  readonly field: Field
  readonly model: string
  readonly onDelete: OnRemoval
  /** The table between them, with its columns: whose list it is, which row is in it, and where. */
  readonly table: string
  readonly own: string
  readonly other: string
}

/** A field of another row by which lists are filtered. */
export interface Through {
  /** Of its filter for a value, `customer.country`: the name of the row in `include`, and the field. */
  readonly name: string
  /** The field that refers to the other row. */
  readonly reference: Field
  readonly target: Model
  readonly field: Field
}

/** A resource as the rest of the engine sees it. Names refer to the models of one `resourcesToModels` call. */
export interface Model {
  /** Plural: the segment of the address. */
  readonly name: string
  /** The name of its table, by default the same. */
  readonly table: string
  /** Whether others made that table, and have columns of their own in it. */
  readonly isAdopted: boolean
  readonly singular: string
  /** The component of the document: `Book`. */
  readonly component: string
  readonly description: string
  /** The file it was defined in. */
  readonly file: string
  readonly key: Field
  readonly keyMadeBy: 'server' | 'client'
  /** In the order of the table's columns; the key is first. */
  readonly fields: readonly Field[]
  /** The fields that callers may read, in the order of the table. */
  readonly shown: readonly Field[]
  readonly listed: readonly Field[]
  /** Whether some of its fields need scopes of their own. */
  readonly hasFieldScopes: boolean
  readonly filterable: readonly Field[]
  readonly sortable: readonly Field[]
  /** The texts whose words are searched, the most important one first. */
  readonly searched: readonly Field[]
  /** Their language; undefined where words are found as they are written. */
  readonly searchLanguage: Language | undefined
  readonly references: readonly Reference[]
  readonly links: readonly Link[]
  readonly borrowed: readonly Borrowed[]
  /** The rows that callers can have included with a row of it. */
  readonly includes: readonly Include[]
  /** Those that can be created with a row of it. */
  readonly children: readonly Include[]
  /** The fields of other rows by which lists are filtered. */
  readonly through: readonly Through[]
  /** The members that are computed of a row, which callers read after its fields. */
  readonly computed: readonly Derived[]
  /** Whether it is the table of a link, which has no address. */
  readonly joins: boolean
  /** The references under whose addresses it is served too. */
  readonly parents: readonly Reference[]
  readonly unique: readonly (readonly string[])[]
  readonly indexes: readonly (readonly string[])[]
  readonly keepDeleted: boolean
  /** Whether callers can bring deleted rows back. */
  readonly restores: boolean
  /** In ms, how long deleted rows are kept; undefined where they are kept for good. */
  readonly keepFor: number | undefined
  readonly requireIfMatch: boolean
  readonly publicRead: boolean
  /** Whether a row is seen by its creator alone. */
  readonly owner: boolean
  /** Which rows a caller sees: by code, or as those of a reference. */
  readonly visible: ((caller: Caller) => VisibleRows) | Reference | undefined
  /** The usual operations that it does not have. */
  readonly without: readonly UsualOperation[]
  /** Whether callers get figures of its rows. */
  readonly summary: boolean
  /** Whether it is served below its parents alone. */
  readonly nestedOnly: boolean
  readonly deprecated: Deprecation | undefined
  readonly hooks: Hooks<Record<string, unknown>>
  readonly actions: readonly OwnAction[]
  readonly views: readonly OwnView[]
  readonly sample: readonly Record<string, unknown>[]
}

export interface DefinedResource {
  readonly file: string
  readonly resource: Resource
  /** Of one that the service brings: what it keeps there. */
  readonly serves?: string
  /** Whether it is the table of a link. */
  readonly joins?: boolean
}

/** The mistakes in the definitions, each with file and field; it stops the start. */
export class DefinitionError extends Error {
  readonly mistakes: readonly string[]

  constructor(mistakes: readonly string[]) {
    super(
      `The resources have ${mistakes.length === 1 ? 'a mistake' : `${mistakes.length} mistakes`}:\n${mistakes.map(line => `  ${line}`).join('\n')}`,
    )
    this.mistakes = mistakes
  }
}

/** The fields that are columns of its table. */
export function columnFields({ fields }: Pick<Model, 'fields'>): readonly Field[] {
  return fields.filter(isColumn)
}

export function isColumn({ kind, borrowed }: Field): boolean {
  return !kind.isJoined && !borrowed
}

export function isComputed({ computed }: Pick<Model, 'computed'>, field: Field): boolean {
  return computed.length > 0 && computed.some(each => each.field === field)
}

/** The members that callers may read and send back: the fields, and those computed from them. */
export function membersOf({
  fields,
  computed,
}: Pick<Model, 'fields' | 'computed'>): readonly Field[] {
  return computed.length === 0 ? fields : [...fields, ...computed.map(({ field }) => field)]
}

/** Whether the database counts the keys of the table; other keys that the server makes are UUIDs. */
export function isCounted({ key, keyMadeBy }: Pick<Model, 'key' | 'keyMadeBy'>): boolean {
  return keyMadeBy === 'server' && key.made === undefined
}

/** Whether a caller may see only some of the rows. */
export function isLimited({ owner, visible }: Pick<Model, 'owner' | 'visible'>): boolean {
  return owner || visible !== undefined
}

/** Whether code of its own may ask `db` within a write. */
export function asksInWrites({ hooks, actions }: Model): boolean {
  return [hooks.beforeWrite, hooks.afterWrite, ...actions.map(({ run }) => run)].some(isGenerator)
}

/** Four bytes a character, and a little room in an index entry of PostgreSQL. */
export const maxIndexedLength = 500

/** Whether its texts may be longer than an index takes. The ids of callers, the longest that the server sets, fit. */
export function isLong({ format, made, schema }: Field): boolean {
  if (schema.enum !== undefined || made !== undefined) return false
  if (format !== undefined && format !== 'uri') return false
  return Number(schema.maxLength) > maxIndexedLength
}

/** `order_items`, `If-Match` as one word with capitals. */
export function pascalCase(name: string): string {
  return name.replace(/(?:^|[-_.])([a-zA-Z0-9])/g, (_, letter: string) => letter.toUpperCase())
}
