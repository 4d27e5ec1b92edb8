// How a resource is related to others: in its fields, and by `parent`. Other forms are told what to write.

/** The mistake in the option `parent`. */
export const parent = (value: unknown): readonly string[] => {
  if (isObject(value))
    return [
      `names the field now: ${writeInFields(value as object)}, and parent: ${fieldsOf(value as object)}`,
    ]
  const isRight = [value].flat().every(name => typeof name === 'string')
  return isRight ? [] : ['must be the name of a field, or a list of them']
}

/** The form of before: `{ users: 'author_id' }`. */
export const references = (value: unknown): readonly string[] =>
  isObject(value)
    ? [`is not an option any more: ${writeInFields(value as object)}`]
    : ["is not an option: write author_id: Ref('users') among the fields"]

function writeInFields(relations: object): string {
  const fields = Object.entries(relations).map(([target, field]) => `${field}: Ref('${target}')`)
  return `write ${fields.join(', ')} among the fields`
}

function fieldsOf(relations: object): string {
  const [field, ...others] = Object.values(relations).map(name => `'${name}'`)
  return others.length === 0 ? String(field) : `[${[field, ...others].join(', ')}]`
}

/** Most people write `references: { author_id: 'users' }`, which is told like the form of before. */
export function withTargetsFirst(given: object, fields: object): object {
  const { references: relations } = given as { references?: unknown }
  if (!isObject(relations)) return given
  const turned = Object.entries(relations as object).map(([one, other]) =>
    Object.hasOwn(fields, String(other)) ? [one, other] : [other, one],
  )
  return { ...given, references: Object.fromEntries(turned) }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
