// The differences between two definitions, in words.

import type { Definition, RememberedResource } from './definition.ts'

/** As in `+ things.note`, `- cats`, `things.name`, `things (unique)`. */
export function definitionChanges(
  before: Definition | undefined,
  after: Definition,
): readonly string[] {
  const [old, young] = [before?.resources ?? [], after.resources]
  const [had, has] = [before?.files, after.files]
  return [
    ...(had && has ? compareFiles(had, has) : []),
    ...compareNamed(old, young, ({ name }) => name),
    ...young.flatMap(resource => {
      const former = old.find(({ name }) => name === resource.name)
      return former === undefined ? [] : resourceChanges(former, resource)
    }),
  ]
}

function compareFiles(before: readonly string[], after: readonly string[]): readonly string[] {
  return [
    ...after.filter(name => !before.includes(name)).map(name => `${name} was run`),
    ...before.filter(name => !after.includes(name)).map(name => `${name} was taken back`),
  ]
}

function resourceChanges(before: RememberedResource, after: RememberedResource): readonly string[] {
  const { name } = after
  const changed = after.fields.filter(field => {
    const former = before.fields.find(({ name }) => name === field.name)
    return former !== undefined && !isSame(former, field)
  })
  const options = (
    [
      'key',
      'keyMadeBy',
      'unique',
      'indexes',
      'references',
      'owner',
      'keepDeleted',
      'searched',
      'searchLanguage',
    ] as const
  ).filter(option => !isSame(before[option], after[option]))
  return [
    ...compareNamed(before.fields, after.fields, field => `${name}.${field.name}`),
    ...changed.map(field => `${name}.${field.name}`),
    ...(options.length === 0 ? [] : [`${name} (${options.join(', ')})`]),
  ]
}

function compareNamed<T extends { readonly name: string }>(
  before: readonly T[],
  after: readonly T[],
  toText: (one: T) => string,
): readonly string[] {
  const isIn = (list: readonly T[], { name }: T) => list.some(other => other.name === name)
  return [
    ...after.filter(one => !isIn(before, one)).map(one => `+ ${toText(one)}`),
    ...before.filter(one => !isIn(after, one)).map(one => `- ${toText(one)}`),
  ]
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
