// Whose rows a caller sees: of a resource with owners its own, and that is said in SQL.

import type { Filter } from '../query/filter.ts'
import type { Field } from '../resource/field.ts'
import { kinds } from '../resource/kinds.ts'
import type { Model } from '../resource/model.ts'
import { type Principal, seesAll } from './access.ts'

const ownerField: Field = Object.freeze({
  name: '_owner',
  kind: kinds.string,
  schema: {},
  format: undefined,
  required: true,
  nullable: false,
  readOnly: true,
  createdAt: false,
  default: '',
})

/** What is stored as the owner of what it creates. All of an open service, and of what is loaded, has one owner. */
export function ownerOf({ kind, id }: Principal): string {
  return kind === 'open' ? '' : id
}

/** The condition on rows that it may see; none where that is all of them. */
export function ownRows(principal: Principal, model: Owned): readonly Filter[] {
  return model.owner && !seesAll(principal, model.name) ? newRowsPeers(principal, model) : []
}

/** The condition on the rows among which a new one of its must be unique. */
export function newRowsPeers(principal: Principal, { owner }: Owned): readonly Filter[] {
  return owner ? [{ field: ownerField, operator: 'eq', values: [ownerOf(principal)] }] : []
}

type Owned = Pick<Model, 'name' | 'owner'>
