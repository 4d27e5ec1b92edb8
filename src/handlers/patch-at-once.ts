// A merge patch as one statement, where nothing of the row has to be known before: each member that is sent replaces a whole
// value and has been checked by itself, and no code of the definition looks at the row.

import { jsonPatchType } from '../http/media-types.ts'
import type { Operation } from '../operations/operation.ts'
import type { Condition } from '../query/filter.ts'
import type { Field } from '../resource/field.ts'
import type { Model } from '../resource/model.ts'
import { ownMember, toStored, type Values } from '../resource/row.ts'
import type { Statement } from '../store/store.ts'
import type { Table } from '../store/table.ts'
import { type Assignment, setFields } from '../store/write.ts'
import { type Call, keyOf } from './call.ts'
import { endsWithRow } from './change.ts'
import { changedValues } from './made.ts'
import type { WriteContext } from './writing.ts'

/** The statement that does all of a patch to the row, if there is such a row; undefined where a patch needs more. */
export function patchAtOnce(
  context: WriteContext,
  operation: Operation,
  call: Call,
  { table, visible }: { readonly table: Table; readonly visible: readonly Condition[] },
): Statement | undefined {
  const { model } = operation
  if (!isBlind(call, model) || !endsWithRow(context, model)) return undefined
  const body = call.body as Values
  const sent = Object.keys(body).map(name => model.fields.find(field => field.name === name))
  if (!sent.every(field => field !== undefined && replacesValue(model, field, body)))
    return undefined
  const values = changedValues(context, model.fields, body)
  const assignments = model.fields.flatMap((field): readonly Assignment[] => {
    const value = ownMember(values, field.name)
    return value === undefined ? [] : [{ field, value: toStored(field, value) }]
  })
  return setFields(table, keyOf(operation, call), assignments, visible)
}

/** Whether neither the call nor the resource compares anything with the row as it was. */
function isBlind({ bodyType, conditions }: Call, model: Model): boolean {
  const { hooks, hasFieldScopes, requireIfMatch } = model
  return (
    bodyType !== jsonPatchType &&
    conditions.ifMatch === undefined &&
    conditions.ifNoneMatch === undefined &&
    !requireIfMatch &&
    !hasFieldScopes &&
    hooks.beforeWrite === undefined &&
    hooks.afterCommit === undefined
  )
}

/** Whether a sent value replaces that of the row, whatever it is. An object is merged into another, and references are checked. */
function replacesValue(model: Model, field: Field, body: Values): boolean {
  const { key, references } = model
  const { name, kind, nullable, readOnly, fixed } = field
  return (
    kind.isScalar &&
    field !== key &&
    !readOnly &&
    !fixed &&
    (nullable || ownMember(body, name) !== null) &&
    references.every(reference => reference.field !== field)
  )
}
