// Members that are computed of a row whenever it is read: they are in no table, and in every response.

import { type Static, type TOptional, type TSchema, Type } from '@sinclair/typebox'
import type { Field, Report } from './field.ts'
import type { JsonSchema } from './kinds.ts'

declare const rowOf: unique symbol

/** The result of `Computed()`, for the rows of one resource. */
export interface ComputedMember<Row> {
  /** Never there: it carries the type. */
  [rowOf]?(row: Row): void
}

type Value<Schema extends TSchema> =
  Schema extends TOptional<TSchema> ? Static<Schema> | null : Static<Schema>

/**
 * Defines a computed member by its type and a function of the row, which does nothing else; with `Type.Optional(…)` it may
 * be null.
 */
export function Computed<Row, Schema extends TSchema>(
  schema: Schema,
  compute: (row: Row) => Value<Schema>,
): ComputedMember<Row> {
  return Object.freeze({ schema, compute }) as ComputedMember<Row>
}

/** The same as the engine sees it. */
export interface Derived {
  readonly field: Field
  readonly compute: (row: Record<string, unknown>) => unknown
}

type ToField = (name: string, schema: JsonSchema, optional: boolean) => Field

interface Written {
  readonly schema: TSchema
  readonly compute: Derived['compute']
}

/** `toField`: reads a schema; `taken`: the names of the fields. Mistakes are reported. */
export function toDerived(
  computed: object,
  toField: ToField,
  { taken, report }: { readonly taken: readonly string[]; readonly report: Report },
): readonly Derived[] {
  const members = Object.entries(computed as Readonly<Record<string, Written>>)
  const { required = [] } = Type.Object(
    Object.fromEntries(members.map(([name, { schema }]) => [name, schema])),
  )
  return members.map(([name, { schema, compute }]) => {
    if (taken.includes(name)) report(name, 'is computed, and a field too: choose another name')
    const given = schema as JsonSchema
    for (const keyword of ['default', 'readOnly', 'writeOnly', 'fixed', 'refersTo', 'from'])
      if (given[keyword] !== undefined)
        report(name, `is computed, so it cannot have ${words[keyword] ?? keyword}`)
    const field = toField(name, { ...given, readOnly: true }, !required.includes(name))
    return { field, compute }
  })
}

const words: Readonly<Record<string, string>> = { refersTo: 'a Ref', from: 'a From' }
