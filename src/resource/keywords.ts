// The keywords of JSON Schema that a field may have: any other would be ignored, so it is a mistake.

import { didYouMean } from './did-you-mean.ts'

type Schema = Readonly<Record<string, unknown>>

/** Notes for the document, what the field itself says, and what is reported elsewhere. */
const common = [
  'type',
  'title',
  'description',
  'examples',
  'deprecated',
  '$comment',
  'default',
  'readOnly',
  'writeOnly',
  'fixed',
  'scope',
  'made',
  'kind',
]
const choices = ['enum', 'const']
const numeric = [
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'format',
]

const byType: Readonly<Record<string, readonly string[]>> = {
  string: ['minLength', 'maxLength', 'pattern', 'format', 'contentEncoding', 'contentMediaType'],
  integer: numeric,
  number: numeric,
  boolean: [],
  array: [
    'items',
    'additionalItems',
    'minItems',
    'maxItems',
    'uniqueItems',
    'contains',
    'minContains',
    'maxContains',
  ],
  'any JSON value': [],
  object: ['properties', 'required', 'additionalProperties', 'minProperties', 'maxProperties'],
}

/** Replacements for keywords that people know from elsewhere. */
const advice: Readonly<Record<string, string>> = {
  hidden: 'is not known: write writeOnly: true for what callers set and nobody reads',
  immutable: 'is not known: write fixed: true',
  nullable: 'is not known: write Type.Optional(…), and the field is null where it is left out',
  optional: 'is not known: write Type.Optional(…)',
  required: 'is not known: a field is required unless it is Type.Optional(…)',
  example: 'is not known: write examples: […]',
  unique: "is not known: name the field in the resource's option unique",
  index: "is not known: name the field in the resource's option index",
  primaryKey: "is not known: name the field in the resource's option key",
  references: "is not known: write Ref('users') for the key of a user",
}

/** Names at which generators fail that ask their own tables for a member of this name (Redocly, openapi-typescript). */
export const brokenMembers = [
  'hasOwnProperty',
  'isPrototypeOf',
  'propertyIsEnumerable',
  'toLocaleString',
  'valueOf',
  '__defineGetter__',
  '__defineSetter__',
  '__lookupGetter__',
  '__lookupSetter__',
]

/** Why a field, or a member of one, cannot have this name. */
export function reservedMember(name: string): string | undefined {
  return brokenMembers.includes(name)
    ? 'is a name at which generators of clients fail; choose another'
    : undefined
}

/** The members of a schema, at any depth, that cannot have their names. */
export function reservedMembers({ properties, items }: Schema): readonly string[] {
  const members = Object.entries((properties ?? {}) as Record<string, Schema>)
  return [
    ...members.map(([name]) => name).filter(name => reservedMember(name) !== undefined),
    ...[...members.map(([, member]) => member), Object(items) as Schema].flatMap(member =>
      typeof member === 'object' && Object.keys(member).length > 0 ? reservedMembers(member) : [],
    ),
  ]
}

export function reportKeywords(
  schema: Schema,
  where: string,
  report: (where: string, mistake: string) => void,
): void {
  const type = schema['x-max-bytes'] === undefined ? String(schema.type) : 'any JSON value'
  const own = byType[type]
  if (own === undefined || isWithoutMembers(schema)) return
  const known = [...common, ...choices, ...own]
  reportLimits(schema, mistake => report(where, mistake))
  for (const keyword of Object.keys(schema))
    if (!known.includes(keyword) && !keyword.startsWith('x-'))
      report(where, `has ${keyword}, which ${reason(keyword, type, known)}`)
  for (const name of type === 'object' ? Object.keys(schema.properties as object) : []) {
    const reserved = reservedMember(name)
    if (reserved !== undefined) report(`${where}/${name}`, reserved)
  }
  if (schema.additionalProperties !== undefined && schema.additionalProperties !== false)
    report(
      where,
      'has additionalProperties, but an object has the members that it names and no other; one with any members is Json()',
    )
}

/** Limits that no value keeps. */
function reportLimits(schema: Schema, report: (mistake: string) => void): void {
  const words = Array.isArray(schema.enum) ? schema.enum : undefined
  if (words?.length === 0) report('is an Enum without a word to choose')
  const twice = words?.find((word, index) => words.indexOf(word) < index)
  if (twice !== undefined) report(`is an Enum that has '${twice}' twice`)
  for (const [least, most] of bounds)
    if (Number(schema[least]) > Number(schema[most]))
      report(`has a ${least} above its ${most}, so no value is right`)
  if (Number(schema.multipleOf) <= 0) report('has a multipleOf that is not above 0')
}

const bounds = [
  ['minLength', 'maxLength'],
  ['minItems', 'maxItems'],
  ['minimum', 'maximum'],
] as const

/** Its mistakes have been reported already. */
function isWithoutMembers({ type, properties }: Schema): boolean {
  return type === 'object' && Object.keys(properties ?? {}).length === 0
}

function reason(keyword: string, type: string, known: readonly string[]): string {
  if (Object.hasOwn(advice, keyword)) return String(advice[keyword])
  const others = Object.keys(byType).filter(other => byType[other]?.includes(keyword))
  if (others.length > 0)
    return `only a field of another type can have (${others.join(', ')}); this one is ${type}`
  return `is not known${didYouMean(keyword, known)}`
}
