// Fields that callers read and write only with a scope of their own: a resource as one caller sees it.

import { hash } from 'node:crypto'
import { askedFilters, type FilterParameter } from '../query/filter.ts'
import type { Field, Json } from '../resource/field.ts'
import type { FieldScopes } from '../resource/field-scopes.ts'
import type { Model } from '../resource/model.ts'
import { ownMember, toStored, type Values } from '../resource/row.ts'
import { hasScope, type Principal } from './access.ts'
import { credentialsMissing, insufficientScope } from './bearer.ts'

/** A model without the fields that somebody may not read. */
export interface Seen {
  readonly model: Model
  /** A mark that tells its representations from those with other fields; undefined where they have all of them. */
  readonly mark: string | undefined
}

const known = new WeakMap<Model, Map<string, Seen>>()

/** The resource as the caller sees it. It is the same object for all who see the same. */
export function seenBy(principal: Principal, model: Model): Seen {
  const hidden = model.shown.filter(field => isHidden(principal, field)).map(({ name }) => name)
  if (hidden.length === 0) return { model, mark: undefined }
  const ofModel = known.get(model) ?? new Map<string, Seen>()
  known.set(model, ofModel)
  const seen = ofModel.get(hidden.join()) ?? without(model, hidden)
  ofModel.set(hidden.join(), seen)
  return seen
}

function without(model: Model, hidden: readonly string[]): Seen {
  const left = (fields: readonly Field[]) => fields.filter(({ name }) => !hidden.includes(name))
  return {
    model: Object.freeze({ ...model, shown: left(model.shown), listed: left(model.listed) }),
    mark: hash('sha256', hidden.join(), 'base64url').slice(0, 8),
  }
}

function isHidden(principal: Principal, { scopes }: Field): boolean {
  return lacks(principal, scopes?.read)
}

function lacks(principal: Principal, scope: string | undefined): boolean {
  return scope !== undefined && !hasScope(principal, scope)
}

/** Where a request names a field. */
interface Mention {
  readonly field: Field
  readonly at: { readonly pointer: string } | { readonly parameter: string; readonly in: 'query' }
  /** The use that needs the scope. */
  readonly use: keyof FieldScopes
}

/** Refuses parameters that name fields which the caller may not read. */
export function requireReadable(
  principal: Principal,
  { fields, searched }: Model,
  { parameters, filters = [], named = [] }: Asked,
): void {
  const own = filters.filter(({ through }) => through === undefined)
  const mentions = [
    ...askedFilters(own, parameters).map(({ name, field }) => ({ field, parameter: name })),
    ...namedIn('sort', parameters, fields),
    ...namedIn('fields', parameters, fields),
    // Words are looked for in what the caller may read, as long as there is any of it.
    ...(parameters.q !== undefined && searched.every(field => isHidden(principal, field))
      ? searched.map(field => ({ field, parameter: 'q' }))
      : []),
    ...named,
  ]
  refuse(
    principal,
    mentions
      .filter(({ field }) => isHidden(principal, field))
      .map(({ field, parameter }) => ({ field, at: { parameter, in: 'query' }, use: 'read' })),
  )
}

interface Asked {
  readonly parameters: Readonly<Record<string, unknown>>
  readonly filters?: readonly FilterParameter[]
  /** Fields that other parameters name. */
  readonly named?: readonly { readonly field: Field; readonly parameter: string }[]
}

/** The fields in a list of names, of which one to sort by may have a sign. */
function namedIn(
  parameter: string,
  { [parameter]: names = [] }: Asked['parameters'],
  fields: readonly Field[],
) {
  const asked = [names].flat().map(name => String(name).replace(/^-/, ''))
  return fields.filter(({ name }) => asked.includes(name)).map(field => ({ field, parameter }))
}

/** Refuses members that their sender may not write. */
export function requireWritable(
  principal: Principal,
  { fields }: Model,
  { sent, current }: Sent,
): void {
  const mentions = fields.flatMap((field): Mention[] => {
    const value = ownMember(sent, field.name)
    if (value === undefined) return []
    const use = lackingUse(principal, field, { value, current })
    return use === undefined ? [] : [{ field, at: { pointer: `#/${field.name}` }, use }]
  })
  refuse(principal, mentions)
}

interface Sent {
  readonly sent: Values
  /** The row that is there. */
  readonly current: Values | undefined
}

/**
 * The refusal of a member that the caller sent. One that may be read can be sent back as it is, or in a new row with
 * its default; whether one that may not be read is as it is, nobody learns by sending it.
 */
function lackingUse(
  principal: Principal,
  field: Field,
  { value, current }: { readonly value: Json; readonly current: Values | undefined },
): keyof FieldScopes | undefined {
  if (isHidden(principal, field)) {
    if (lacks(principal, field.scopes?.write)) return 'write'
    return field.readOnly || (field.fixed && current !== undefined) ? 'read' : undefined
  }
  if (!lacks(principal, field.scopes?.write)) return undefined
  const there = current === undefined ? atFirst(principal, field) : ownMember(current, field.name)
  return there !== undefined && toStored(field, there) === toStored(field, value)
    ? undefined
    : 'write'
}

/** The value in a new row whose caller sends none. */
function atFirst({ id }: Principal, { made, default: standard }: Field): Json | undefined {
  return made === 'owner' ? id : standard
}

function refuse(principal: Principal, mentions: readonly Mention[]): void {
  if (mentions.length === 0) return
  if (principal.kind === 'anonymous') throw credentialsMissing()
  const lacking = mentions.map(({ field, at, use }) => ({ at, scope: String(field.scopes?.[use]) }))
  const errors = lacking.map(({ at, scope }) => ({ ...at, detail: `needs the scope ${scope}` }))
  throw insufficientScope([...new Set(lacking.map(({ scope }) => scope))].join(' '), errors)
}
