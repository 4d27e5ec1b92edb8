// The definition of a resource: its fields as a TypeBox object, and the little that fields cannot say.

import type { Static, TObject, TProperties } from '@sinclair/typebox'
import type { Action, View } from './actions.ts'
import type { Caller } from './caller.ts'
import type { ComputedMember } from './computed.ts'
import { noteResource } from './gather.ts'
import type { Hooks } from './hooks.ts'
import type { Defined, Representation, ServerKey } from './representation.ts'
import type { SearchOption } from './search-option.ts'
import type { UsualOperation } from './usual-operations.ts'
import type { Visible, VisibleRows } from './visible.ts'

export { action, view } from './actions.ts'
export type { Caller } from './caller.ts'
export { Computed } from './computed.ts'
export type { Db, Reading } from './db.ts'
export { extend } from './extend.ts'
export {
  CreatedAt,
  CreatedBy,
  Currency,
  Decimal,
  Enum,
  Json,
  Line,
  MinorUnits,
  Owner,
  Password,
  UpdatedAt,
  Uuid,
} from './field-helpers.ts'
export { type Change, type Hooks, type Log, Refusal } from './hooks.ts'
export { verifyPassword, verifyPasswordSync } from './password.ts'
export {
  From,
  type FromOptions,
  type OnDelete,
  Ref,
  type RefOptions,
  Refs,
  type RefsOptions,
} from './reference.ts'
export type { Representation } from './representation.ts'
export { type Sql, sql } from './sql.ts'

/** The values that a client may send; an optional member may be absent. */
export type Values<P extends TProperties> = Static<TObject<P>>

/** Fields whose values are those of another row are from fields that there are. */
type FromOwn<P> = {
  [F in keyof P]: P[F] extends { readonly from: readonly [infer R extends string, string] }
    ? string extends R
      ? unknown
      : R extends keyof P
        ? unknown
        : `There is no field '${R}'.`
    : unknown
}

/** The row type of a resource: `RowOf<typeof books>`. */
export type RowOf<R> = R extends Resource<infer P, infer K> ? Representation<P, K> : never

export interface Deprecation {
  /** A date, `2026-11-01` (RFC 9745 §2). */
  readonly since: string
  /** A date after which it may be gone (RFC 8594 §3). */
  readonly sunset?: string
  /** Where the successor is described. */
  readonly link?: string
}

export interface ResourceOptions<
  P extends TProperties,
  K extends keyof P & string = never,
  N extends string = string,
> {
  readonly description: string
  /** The singular, where dropping the plural's ending does not give it: `person` of `people`. */
  readonly singular?: string
  /** The field that is the key, chosen by the client. By default the server makes an integer `id`. */
  readonly key?: K
  /** The table, where it has another name than the resource. */
  readonly table?: string
  /** The columns that have other names than their fields, by field. */
  readonly columns?: { readonly [F in (keyof P & string) | 'id']?: string }
  /** References, by field: the rows are also served below the row that each refers to. */
  readonly parent?: (keyof P & string) | readonly (keyof P & string)[]
  /** Fields, or sets of fields, whose values no two rows share. */
  readonly unique?: readonly ((keyof P & string) | readonly (keyof P & string)[])[]
  /** Fields, or sets of fields, to index. References and unique sets are indexed without being named. */
  readonly index?: readonly ((keyof P & string) | readonly (keyof P & string)[])[]
  /** The fields of a list, where it shows fewer than a member. */
  readonly listed?: readonly ((keyof P & string) | 'id' | N)[]
  /** The fields that may be filtered and sorted by; every scalar field by default. */
  readonly filterable?: readonly ((keyof P & string) | 'id')[]
  readonly sortable?: readonly ((keyof P & string) | 'id')[]
  /** Fields of rows that are referred to, by which lists are filtered too: `['customer.country']`, where `customer` is the name in `include`. */
  readonly filterableThrough?: readonly `${string}.${string}`[]
  /** The texts whose words a list finds by `q`, the most important one first, and their language: `{ fields: ['title'], language: 'english' }`. */
  readonly search?: SearchOption<keyof P & string>
  /** A deleted row is kept in the table, marked, and is gone for every caller. */
  readonly keepDeleted?: boolean
  /** A deleted row that is kept can be brought back: `POST /notes/3/restore`. */
  readonly restore?: boolean
  /** How long deleted rows are kept, in days or hours: `90d`. For good by default. */
  readonly keepFor?: string
  /** PUT, PATCH and DELETE need `If-Match` (428 without). */
  readonly requireIfMatch?: boolean
  /** Everyone may read it, also where credentials are required. */
  readonly publicRead?: boolean
  /** A row belongs to who created it: for others it is not there. A field `Owner()` says so, and shows who it is. */
  readonly owner?: boolean
  /**
   * Which rows a caller sees; the others are not there. A reference instead: those that refer to a row that the caller
   * sees. Callers with the scope `<resource>:admin` see all.
   */
  readonly visible?: ((caller: Caller) => VisibleRows) | (keyof P & string)
  /** Resources whose rows can be created with a row of this one, to which they refer, by the names of the members: `{ lines: 'order_lines' }`. */
  readonly children?: Readonly<Record<string, string>>
  /** Usual operations that it does not have: `['replace', 'delete']`. */
  readonly without?: readonly UsualOperation[]
  /** Callers get figures of its rows, by groups: `GET /sales/summary?group_by=currency&sum=amount`. */
  readonly summary?: boolean
  /** It is served below its parents, and has no address of its own. */
  readonly nestedOnly?: boolean
  readonly deprecated?: Deprecation
  /** Rows of a new embedded database. */
  readonly sample?: readonly (Partial<Values<P>> & Partial<ServerKey<K>>)[]
  /** Members of a response that are computed of the row whenever it is read. */
  readonly computed?: Readonly<Record<string, ComputedMember<Representation<P, K>>>>
  readonly hooks?: Hooks<Representation<P, K>>
  /** Changes of its own, by their names: `POST /orders/{id}/cancel`. */
  readonly actions?: Readonly<Record<string, Action<Representation<P, K>>>>
  /** Computed responses, by name: `GET /books/overdue`. */
  readonly views?: Readonly<Record<string, View<Representation<P, K>>>>
}

export interface Resource<
  P extends TProperties = TProperties,
  K extends keyof P & string = keyof P & string,
> extends Defined<Representation<P, K>> {
  readonly name: string
  readonly fields: TObject<P>
  readonly options: ResourceOptions<P, K>
}

/**
 * Defines a resource. `name` is the plural noun of its address and table: `books` gives `/books`.
 * An optional field is nullable; a field with a `default` may be left out; one with `readOnly` is set by the server.
 */
export function resource<
  const P extends TProperties,
  const K extends keyof P & string = never,
  const V extends VisibleRows = boolean,
  const C extends Readonly<Record<string, ComputedMember<Representation<P, K>>>> = Readonly<
    Record<never, never>
  >,
>(
  name: string,
  fields: TObject<P> & { readonly properties: FromOwn<NoInfer<P>> },
  options: ResourceOptions<P, K, NoInfer<keyof C & string>> & {
    readonly computed?: C
    readonly visible?: Visible<Representation<P, K>, V> | (keyof P & string)
  },
): Resource<P, K> {
  const defined = Object.freeze({ name, fields, options })
  noteResource(defined)
  return defined
}
