// Preferences (RFC 7240 §2 Prefer, §3 Preference-Applied, §4.1 respond-async, §4.2 return, §4.4 handling; `count` as in PostgREST; `csv` is our own).
import { didYouMean } from '../resource/did-you-mean.ts'
import { splitOutsideQuotes } from './negotiate.ts'
import { type Finding, Problem } from './problem.ts'

const values = {
  return: ['minimal', 'representation'],
  handling: ['strict', 'lenient'],
  count: ['exact', 'estimated'],
  csv: ['spreadsheet'],
  'respond-async': [''],
} as const

export type Preference = keyof typeof values

export interface Preferences {
  readonly return?: 'minimal' | 'representation'
  readonly handling?: 'strict' | 'lenient'
  readonly count?: 'exact' | 'estimated'
  readonly csv?: 'spreadsheet'
  readonly 'respond-async'?: ''
  /** Preferences that are malformed or unknown here, as the client wrote them. */
  readonly unknown: readonly string[]
}

/** The preferences of a request without the field. */
export const noPreferences: Preferences = Object.freeze({ unknown: [] })

const names = Object.keys(values) as Preference[]
const token = "[\\w!#$%&'*+.^`|~-]+"
const preference = new RegExp(
  `^(${token})(?:[\\t ]*=[\\t ]*(${token}|"(?:[^"\\\\]|\\\\.)*"))?$`,
  's',
)

/** If a preference is given twice, the first one counts (§2). Parameters of preferences are ignored. */
export function parsePrefer(field: string): Preferences {
  const known = new Map<string, string>()
  const unknown: string[] = []
  const seen = new Set<string>()
  for (const element of splitOutsideQuotes(field, ',')) {
    const { name, value } = parsePreference(element)
    if (seen.has(name)) continue
    seen.add(name)
    if (isKnown(name, value)) known.set(name, value)
    else unknown.push(element)
  }
  return { ...(Object.fromEntries(known) as Omit<Preferences, 'unknown'>), unknown }
}

/** A malformed element becomes a name, which is then unknown. */
function parsePreference(element: string): { name: string; value: string } {
  const [text = element] = splitOutsideQuotes(element, ';')
  const [, name = text, value = ''] = preference.exec(text) ?? []
  return {
    name: name.toLowerCase(),
    value: value.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/gs, '$1') : value,
  }
}

function isKnown(name: string, value: string): boolean {
  return names.some(known => known === name && values[known].some(allowed => allowed === value))
}

/** The value of Preference-Applied; undefined if nothing was applied. */
export function appliedPreferences(
  preferences: Preferences,
  honoured: readonly Preference[],
): string | undefined {
  const applied = names.filter(name => preferences[name] !== undefined && honoured.includes(name))
  return applied.length === 0
    ? undefined
    : applied.map(name => asWritten(name, preferences)).join(', ')
}

function asWritten(name: Preference, { [name]: value }: Partial<Preferences>): string {
  return value === '' ? name : `${name}=${value}`
}

/** With `handling=strict` (§4.4), refuses preferences that are unknown, or that this operation does not honour. */
export function checkStrict(preferences: Preferences, honoured: readonly Preference[]): void {
  if (preferences.handling !== 'strict') return
  const ignored = names.filter(name => preferences[name] !== undefined && !honoured.includes(name))
  const errors = [
    ...preferences.unknown.map(element => finding(`${element} is not known${hint(element)}`)),
    ...ignored.map(name => finding(`${asWritten(name, preferences)} is not honoured here`)),
  ]
  if (errors.length > 0) throw new Problem('invalidParameter', { errors })
}

function hint(element: string): string {
  const { name } = parsePreference(element)
  const known = names.find(each => each === name)
  if (known === undefined) return didYouMean(name, names)
  const written = values[known].map(value => asWritten(known, { [known]: value }))
  return `; it is written ${written.join(' or ')}`
}

function finding(detail: string): Finding {
  return { parameter: 'Prefer', in: 'header', detail }
}

const meanings: Record<Preference, string> = {
  return: '`return=minimal` (a response without a body) or `return=representation`',
  handling: '`handling=strict` (refuse preferences that cannot be honoured) or `handling=lenient`',
  count:
    '`count=exact` (the number of all matches, in `X-Total-Count`) or `count=estimated` (about that number, if counting takes long; `Preference-Applied` says which it is)',
  csv: '`csv=spreadsheet` (CSV that a spreadsheet shows safely, and that cannot be loaded back)',
  'respond-async': '`respond-async` (202: more rows of NDJSON or CSV, which are stored later)',
}

/** The parameter of an operation that honours these preferences. */
export function preferParameter(honoured: readonly Preference[]) {
  return {
    name: 'Prefer',
    in: 'header',
    description: `Preferences (RFC 7240): ${honoured.map(name => meanings[name]).join('; ')}. Others are ignored.`,
    schema: { type: 'string' },
  } as const
}
