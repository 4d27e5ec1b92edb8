// Whose rows a caller sees: of a resource with owners its own, and that is said in SQL.

import type { Filter } from '../query/filter.ts'
import type { Model } from '../resource/model.ts'
import { type Principal, seesAll } from './access.ts'

const ownerField = { name: '_owner' }

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

/**
 * What a start warns of: resources without owners below one with them. Their nested addresses are for the owner of the
 * parent alone, their own address is for everyone who has the scope.
 */
export function ownershipWarnings(models: readonly Model[]): readonly string[] {
  const withOwner = models.filter(({ owner }) => owner).map(({ name }) => name)
  const children = models.filter(({ owner }) => !owner)
  return children.flatMap(({ file, name, parents }) =>
    parents
      .filter(({ model }) => withOwner.includes(model))
      .map(
        ({ model }) =>
          `${file}: ${name} has no owners, but ${model} has: below ${model} they are there for the owner alone, ` +
          `at /${name} for everyone with its scope; give it \`owner: true\` unless that is meant`,
      ),
  )
}

type Owned = Pick<Model, 'name' | 'owner'>
