// What the controls of a form say: a text for each, and where a field has members or items, those of them.

import type { Finding, Problem } from './ask.ts'
import type { Field } from './schema.ts'
import { text } from './text.ts'
import { fromControl, toControl } from './values.ts'

/** Of an object its members, of a list its items; an empty text where there is neither. */
export type Entry = string | readonly Entry[] | Entered

/** What is entered for each field. */
export interface Entered {
  readonly [name: string]: Entry
}

export const isList = (entry: Entry): entry is readonly Entry[] => Array.isArray(entry)

export const isGroup = (entry: Entry): entry is Entered =>
  typeof entry === 'object' && !isList(entry)

export const isSame = (one: Entry | undefined, other: Entry | undefined) =>
  JSON.stringify(one) === JSON.stringify(other)

export function toEntered(
  fields: readonly Field[],
  row: Readonly<Record<string, unknown>>,
): Entered {
  return Object.fromEntries(fields.map(field => [field.name, toEntry(row[field.name], field)]))
}

export function toEntry(value: unknown, field: Field): Entry {
  const { item, members } = field
  if (item !== undefined && Array.isArray(value)) return value.map(each => toEntry(each, item))
  if (members !== undefined && value !== null && value !== undefined)
    return toEntered(members, value as Readonly<Record<string, unknown>>)
  return toControl(value, field)
}

/** Throws a `SyntaxError` for a text that is no JSON where that is wanted. */
export function fromEntry(entry: Entry, field: Field): unknown {
  const { item, members = [] } = field
  if (isList(entry)) return entry.map(each => (item === undefined ? each : fromEntry(each, item)))
  if (!isGroup(entry)) return fromControl(entry, field)
  const given = members.filter(
    ({ name, isRequired, isNullable }) => isRequired || isNullable || entry[name] !== '',
  )
  return Object.fromEntries(
    given.map(member => [member.name, fromEntry(entry[member.name] ?? '', member)]),
  )
}

/** What is entered anew: of a list one more item, of an object its members, as they are where nothing is said. */
export function newEntry(field: Field): Entry {
  const { initial, members, item } = field
  if (initial !== undefined) return toEntry(initial, field)
  if (item !== undefined) return []
  if (members === undefined) return ''
  return Object.fromEntries(members.map(member => [member.name, newMember(member)]))
}

const newMember = (member: Field) =>
  member.isRequired || member.initial !== undefined ? newEntry(member) : ''

/** As people read it. */
export function toEnteredText(entry: Entry): string {
  if (isList(entry)) return entry.map(toEnteredText).join('; ')
  return isGroup(entry) ? Object.values(entry).map(toEnteredText).join(', ') : entry
}

/** The members that differ from what the controls said at first. Throws an `EntryError` for what cannot be sent. */
export function toBody(fields: readonly Field[], entered: Entered, before: Entered) {
  const changed = fields.filter(({ name }) => !isSame(entered[name], before[name]))
  const errors: Finding[] = []
  const members = changed.flatMap(field => {
    try {
      return [[field.name, fromEntry(entered[field.name] ?? '', field)]]
    } catch {
      errors.push({ pointer: `#/${field.name}`, detail: text.invalidJson })
      return []
    }
  })
  if (errors.length > 0) throw new EntryError(errors)
  return Object.fromEntries(members) as Record<string, unknown>
}

export class EntryError extends Error {
  readonly problem: Problem

  constructor(errors: readonly Finding[]) {
    super(text.invalidJson)
    this.problem = { status: 422, title: 'Unprocessable Content', detail: '', errors }
  }
}
