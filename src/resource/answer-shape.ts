// The schema that the answer of a view or an action is held to: what the document says, and nothing beyond.

import type { JsonSchema } from './field.ts'

/** Without the marks of TypeBox and the defaults, which nobody fills in; with no members but those that are named. */
export function answerShape(response: object): JsonSchema {
  return closed(JSON.parse(JSON.stringify(response)))
}

function closed({ default: _, properties, items, ...rest }: JsonSchema): JsonSchema {
  return {
    ...rest,
    ...(isObject(items) ? { items: closed(items) } : items === undefined ? {} : { items }),
    ...(isObject(properties)
      ? { additionalProperties: false, ...rest, properties: closedMembers(properties) }
      : {}),
  }
}

function closedMembers(properties: JsonSchema): JsonSchema {
  return Object.fromEntries(
    Object.entries(properties).map(([name, member]) => [
      name,
      isObject(member) ? closed(member) : member,
    ]),
  )
}

function isObject(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
