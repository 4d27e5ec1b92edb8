// A reference, said in its field: the key of a row of another resource, and what becomes of this row when that one is
// deleted.

import { type TUnsafe, Type } from '@sinclair/typebox'

/** The fate of a row that refers to a deleted one: it prevents the deletion, loses the reference, or is deleted too. */
export const onDeletes = ['refuse', 'null', 'cascade'] as const

export type OnDelete = (typeof onDeletes)[number]

export interface RefOptions {
  /** `refuse` by default; `null` needs a field that is optional. */
  readonly onDelete?: OnDelete
  readonly description?: string
  readonly title?: string
  readonly default?: number | string
  readonly examples?: readonly (number | string)[]
  readonly readOnly?: boolean
  readonly fixed?: boolean
  readonly scope?: string | { readonly read?: string; readonly write?: string }
  readonly deprecated?: boolean
}

/** The key of a row of another resource, or of the same. Where clients choose those keys as texts: `Ref<string>('users')`. */
export function Ref<Key extends number | string = number>(
  resource: string,
  options: RefOptions = {},
): TUnsafe<NoInfer<Key>> {
  return Type.Unsafe<Key>({ ...options, refersTo: resource })
}

/** The fate of a list of keys when one of its rows is deleted: it prevents the deletion, or loses the key. */
export const onRemovals = ['refuse', 'remove'] as const

export type OnRemoval = (typeof onRemovals)[number]

export interface RefsOptions {
  /** `refuse` by default. */
  readonly onDelete?: OnRemoval
  /** 100 by default. */
  readonly maxItems?: number
  readonly minItems?: number
  readonly description?: string
  readonly title?: string
  readonly examples?: readonly (readonly (number | string)[])[]
  readonly readOnly?: boolean
  readonly deprecated?: boolean
}

/** The keys of rows of another resource, each once, in the order in which they were sent. */
export function Refs<Key extends number | string = number>(
  resource: string,
  options: RefsOptions = {},
): TUnsafe<NoInfer<Key>[]> {
  return Type.Unsafe<Key[]>({ ...options, refersToMany: resource })
}

/** The resource whose keys a field lists, by its definition; undefined where it lists none. */
export function listTargetOf(schema: object | undefined): string | undefined {
  const { refersToMany } = (schema ?? {}) as { refersToMany?: unknown }
  return refersToMany === undefined ? undefined : String(refersToMany)
}

export function onRemovalOf(schema: object | undefined): OnRemoval {
  return (schema as RefsOptions | undefined)?.onDelete ?? 'refuse'
}

/** The resource whose key a field has, by its definition; undefined where it is no reference. */
export function targetOf(schema: object | undefined): string | undefined {
  const { refersTo } = (schema ?? {}) as { refersTo?: unknown }
  return refersTo === undefined ? undefined : String(refersTo)
}

/** The option `onDelete` of a field. */
export function onDeleteOf(schema: object | undefined): OnDelete {
  return (schema as RefOptions | undefined)?.onDelete ?? 'refuse'
}

export interface FromOptions {
  readonly description?: string
  readonly title?: string
  readonly deprecated?: boolean
}

/**
 * A member of the row to which a reference of this row refers, always as it is there. `From<number>('product_id', 'price')`
 * says the type of one that is no text; where the reference may be null, it is `Type.Optional(From(…))`.
 */
export function From<Value = string, const Reference extends string = string>(
  reference: Reference,
  field: string,
  options: FromOptions = {},
): TUnsafe<NoInfer<Value>> & { readonly from: readonly [Reference, string] } {
  const from = [reference, field] as const
  return { ...Type.Unsafe<Value>({ ...options }), from }
}

/** The reference and the field there that a field's values are from, as its definition says; nothing where they are its own. */
export function sourceOf(schema: object | undefined): readonly [string, string] | undefined {
  const { from } = (schema ?? {}) as { from?: readonly [string, string] }
  return from
}
