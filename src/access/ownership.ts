// Ownership of rows, in a resource with owners.

import type { Filter } from '../query/filter.ts'
import { isLimited, type Model } from '../resource/model.ts'
import { hiddenOwner, ownerFieldOf } from '../resource/owner.ts'
import type { Principal } from './access.ts'

/**
 * The owner that is stored for rows that the caller creates, where no field says it. All rows of an open service, and loaded
 * rows, have one owner.
 */
export function ownerOf({ kind, id }: Principal): string {
  return kind === 'open' ? '' : id
}

/** The condition for the rows of the caller, among which its values are unique; none where rows have no owners. */
export function ownRows(
  principal: Principal,
  model: Pick<Model, 'owner' | 'fields'>,
): readonly Filter[] {
  if (!model.owner) return []
  const field = ownerFieldOf(model)
  return [
    field === undefined
      ? { field: { name: hiddenOwner }, operator: 'eq', values: [ownerOf(principal)] }
      : { field, operator: 'eq', values: [principal.id] },
  ]
}

/**
 * Warnings at the start about resources that everyone sees below one that has limits. Their nested addresses are only for
 * those who see the parent, but their own address is for every caller with the scope.
 */
export function visibilityWarnings(models: readonly Model[]): readonly string[] {
  const limited = models.filter(isLimited).map(({ name }) => name)
  const children = models.filter(model => !isLimited(model))
  return children.flatMap(({ file, name, parents }) =>
    parents
      .filter(({ model }) => limited.includes(model))
      .map(
        ({ field, model }) =>
          `${file}: below ${model}, ${name} are only for those who see the ${model}, ` +
          `at /${name} they are for everyone with its scope; unless that is intended, give it \`visible: '${field.name}'\``,
      ),
  )
}
