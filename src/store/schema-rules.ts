// The rules of a field that no check of its column holds, such as a pattern. When they get stricter, rows may break them.

import { isDeepStrictEqual } from 'node:util'
import type { JsonSchema } from '../resource/field.ts'
import { controlFree } from '../resource/format.ts'
import { ownMember } from '../resource/row.ts'

/** Keywords that only inform readers. */
const notes = [
  'title',
  'description',
  'examples',
  'deprecated',
  'default',
  'readOnly',
  'writeOnly',
  '$comment',
]
const isNote = (keyword: string) =>
  notes.includes(keyword) || /^(?:x-(?!max-)|content[EM])/.test(keyword)

/** The rules in a schema. `held`: the keywords that a check of the column holds. */
export function schemaToRules(schema: JsonSchema, held: readonly string[] = []): JsonSchema {
  const rules = Object.entries(schema).filter(
    ([keyword]) => !isNote(keyword) && !held.includes(keyword),
  )
  return Object.fromEntries(
    rules.map(([keyword, value]) => {
      if (keyword === 'items') return [keyword, schemaToRules(value as JsonSchema)]
      return [keyword, keyword === 'properties' ? membersToRules(value as Members) : value]
    }),
  )
}

type Members = Readonly<Record<string, JsonSchema>>

function membersToRules(members: Members): Members {
  return Object.fromEntries(
    Object.entries(members).map(([name, member]) => [name, schemaToRules(member)]),
  )
}

/** Whether every value that obeys the earlier rules also obeys the later ones, as far as the rules alone can tell. */
export function areWider(later: JsonSchema, earlier: JsonSchema): boolean {
  return Object.entries(later).every(
    ([keyword, value]) =>
      isDeepStrictEqual(value, earlier[keyword]) ||
      wider[keyword]?.(value as never, earlier[keyword] as never),
  )
}

type RuleComparison = (later: never, earlier: never) => boolean

const less = (later: number, earlier: number | undefined) =>
  earlier !== undefined && later <= earlier
const more = (later: number, earlier: number | undefined) =>
  earlier !== undefined && later >= earlier

const wider: Readonly<Record<string, RuleComparison>> = {
  minimum: less,
  exclusiveMinimum: less,
  minLength: less,
  minItems: less,
  maximum: more,
  exclusiveMaximum: more,
  maxLength: more,
  maxItems: more,
  'x-max-bytes': more,
  'x-max-depth': more,
  type: (later: unknown, earlier: unknown) => later === 'number' && earlier === 'integer',
  uniqueItems: (later: boolean) => !later,
  enum: (later: readonly unknown[], earlier: readonly unknown[] = []) =>
    earlier.length > 0 && earlier.every(word => later.includes(word)),
  // Every text obeys these two, whatever its definition says.
  pattern: (later: string) => later === controlFree,
  allOf: (later: unknown) => isDeepStrictEqual(later, [{ pattern: controlFree }]),
  items: (later: JsonSchema, earlier: JsonSchema | undefined) =>
    earlier !== undefined && areWider(later, earlier),
  required: (later: readonly string[], earlier: readonly string[] = []) =>
    later.every(name => earlier.includes(name)),
  properties: (later: Members, earlier: Members | undefined) =>
    earlier !== undefined &&
    Object.entries(earlier).every(([name, member]) => takesMember(later, name, member)),
}

function takesMember(later: Members, name: string, member: JsonSchema): boolean {
  const rules = ownMember(later, name)
  return rules !== undefined && areWider(rules, member)
}
