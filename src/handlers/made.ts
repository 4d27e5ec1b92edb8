// Values that the server sets: times, the caller, UUIDs that it makes.

import type { Field, Made } from '../resource/field.ts'
import { ownMember, type Values } from '../resource/row.ts'
import type { WriteContext } from './writing.ts'

interface Maker {
  readonly value: (context: WriteContext) => string
  /** Whether it is set with every change, too. */
  readonly onChange?: true
}

const makers: Readonly<Record<Made, Maker>> = {
  createdAt: { value: ({ now }) => now.toISOString() },
  updatedAt: { value: ({ now }) => now.toISOString(), onChange: true },
  createdBy: { value: ({ principal }) => principal.id },
  owner: { value: ({ principal }) => principal.id },
  uuid: { value: ({ engine, now }) => engine.newUuid(now) },
}

/** The values to store for a new body: what it leaves out is made by the server, or has its default, or is null. */
export function newValues(context: WriteContext, fields: readonly Field[], body: Values): Values {
  return Object.fromEntries(
    fields.map(({ name, made, default: standard = null }) => [
      name,
      ownMember(body, name) ?? (made === undefined ? standard : makers[made].value(context)),
    ]),
  )
}

/** The values to store for a changed row: those that tell of the change are new. */
export function changedValues(
  context: WriteContext,
  fields: readonly Field[],
  values: Values,
): Values {
  const telling = fields.flatMap(({ name, made }) =>
    made !== undefined && makers[made].onChange ? [[name, makers[made].value(context)]] : [],
  )
  return telling.length === 0 ? values : { ...values, ...Object.fromEntries(telling) }
}
