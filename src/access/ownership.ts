// Which rows a caller sees: in a resource with owners its own. This is always a condition in SQL.

import type { Filter } from '../query/filter.ts'
import type { Model } from '../resource/model.ts'
import { type Principal, seesAll } from './access.ts'

const ownerField = { name: '_owner' }

/** The owner that is stored for rows that the caller creates. All rows of an open service, and loaded rows, have one owner. */
export function ownerOf({ kind, id }: Principal): string {
  return kind === 'open' ? '' : id
}

/** The condition for the rows that the caller may see; empty if it may see all. */
export function ownRows(principal: Principal, model: Owned): readonly Filter[] {
  return model.owner && !seesAll(principal, model.name) ? newRowsPeers(principal, model) : []
}

/** The condition for the rows among which a new row of the caller must be unique. */
export function newRowsPeers(principal: Principal, { owner }: Owned): readonly Filter[] {
  return owner ? [{ field: ownerField, operator: 'eq', values: [ownerOf(principal)] }] : []
}

/**
 * Warnings at the start about resources without owners below one with owners. Their nested addresses are only for the owner
 * of the parent, but their own address is for every caller with the scope.
 */
export function ownershipWarnings(models: readonly Model[]): readonly string[] {
  const withOwner = models.filter(({ owner }) => owner).map(({ name }) => name)
  const children = models.filter(({ owner }) => !owner)
  return children.flatMap(({ file, name, parents }) =>
    parents
      .filter(({ model }) => withOwner.includes(model))
      .map(
        ({ model }) =>
          `${file}: ${name} has no owners, but ${model} has: below ${model} its rows are only for the owner, ` +
          `at /${name} they are for everyone with its scope; unless that is intended, give it \`owner: true\``,
      ),
  )
}

type Owned = Pick<Model, 'name' | 'owner'>
