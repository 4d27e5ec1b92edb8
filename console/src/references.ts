// Which resource a field has the keys of. Rows say so; bodies, parameters and figures have members of the same name.

import type { Operation } from './document.ts'
import type { Field } from './schema.ts'

/** Of several resources that a name stands for, none is taken. */
export function withReferences(operations: readonly Operation[]): readonly Operation[] {
  const referring = operations.flatMap(({ returned }) =>
    returned.filter(({ refersTo }) => refersTo !== undefined),
  )
  const byName = Map.groupBy(referring, ({ name }) => name)
  const targets = new Map(
    [...byName].flatMap(([name, fields]) => {
      const [target, ...others] = new Set(fields.map(({ refersTo }) => refersTo))
      return target === undefined || others.length > 0 ? [] : [[name, target] as const]
    }),
  )
  const mark = (fields: readonly Field[]) => fields.map(field => withReference(field, targets))
  return operations.map(operation => ({
    ...operation,
    body: mark(operation.body),
    parameters: mark(operation.parameters),
    returned: mark(operation.returned),
  }))
}

function withReference(field: Field, targets: ReadonlyMap<string, string>): Field {
  const { name, members, item } = field
  return {
    ...field,
    refersTo: field.refersTo ?? targets.get(name),
    members: members?.map(member => withReference(member, targets)),
    item: item && withReference(item, targets),
  }
}
