// Checks of the arguments of `resource()`: they are there, and the options are known and well-formed.

import { didYouMean } from './did-you-mean.ts'
import { isKeepFor } from './keep-for.ts'
import { parent, references, withTargetsFirst } from './relation-options.ts'
import type { Deprecation, Hooks, Resource, ResourceOptions } from './resource.ts'
import { withoutMistakes } from './usual-operations.ts'

/** Gives what is wrong with a value, in words that follow its name; nothing where it is right. */
type Check = (value: unknown) => readonly string[]

const check =
  (isRight: (value: unknown) => boolean, wanted: string): Check =>
  value =>
    isRight(value) ? [] : [`must be ${wanted}`]

const isText = (value: unknown) => typeof value === 'string' && value !== ''
const isName = (value: unknown) => typeof value === 'string'
const isNames = (value: unknown) => Array.isArray(value) && value.every(isName)
const isObject = (value: unknown) =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const text = check(isText, 'a text')
const flag = check(value => typeof value === 'boolean', 'true or false')
const code = check(value => typeof value === 'function', 'a function')
const visible: Check = value => {
  if (isName(value)) return []
  const isPlain = typeof value === 'function' && value.constructor === Function
  return isPlain
    ? []
    : [
        'must be the name of a reference, or a function such as caller => ({ customer_id: caller.claims.customer_id }), with neither async nor a star',
      ]
}
const name = check(isName, 'the name of a field')
const names = check(isNames, "a list of fields, such as ['title']")
const isSets = (value: unknown) =>
  Array.isArray(value) && value.every(set => isName(set) || isNames(set))
const sets = check(
  isSets,
  "a list of fields, or of sets of fields, such as ['title', ['event_id', 'place']]",
)
const language = check(
  value => value === 'english',
  "'english', the one whose words both databases reduce alike; a list of fields alone has no language",
)
const rows = check(value => Array.isArray(value) && value.every(isObject), 'a list of rows')
const segment = check(
  matches(/^[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*$/),
  'lower-case letters, digits, - and _, such as headcount',
)
const answer = check(isTypeBoxObject, 'a Type.Object({…})')
const result = check(
  value => isTypeBoxObject(value) || isTypeBoxObject((value as { items?: unknown })?.items),
  'a Type.Object({…}) or a Type.Array(Type.Object({…}))',
)

function matches(pattern: RegExp) {
  return (value: unknown) => typeof value === 'string' && value.length <= 80 && pattern.test(value)
}

function isTypeBoxObject(value: unknown): boolean {
  return (
    isObject(value) &&
    (value as { type?: unknown }).type === 'object' &&
    isObject(Object(value).properties)
  )
}

/** The checks of an object's members by their names; those in `required` must be there. */
const members =
  (
    thing: string,
    known: Readonly<Record<string, Check>>,
    required: readonly string[] = [],
  ): Check =>
  value => {
    if (!isObject(value)) return [`must be an object with ${Object.keys(known).join(', ')}`]
    const given = Object.entries(value as object).filter(([, member]) => member !== undefined)
    return [
      ...required
        .filter(member => !given.some(([name]) => name === member))
        .map(member => `needs ${member}`),
      ...given.flatMap(([member, of]) =>
        Object.hasOwn(known, member)
          ? (known[member]?.(of) ?? []).map(mistake => `${member} ${mistake}`)
          : [
              `has ${member}, which is not known in ${thing}${didYouMean(member, Object.keys(known))}`,
            ],
      ),
    ]
  }

const searchParts = members('search', { fields: names, language }, ['fields', 'language'])
const search: Check = value => (isObject(value) ? searchParts(value) : names(value))

const hooks = members('hooks', {
  beforeWrite: code,
  afterWrite: code,
  afterCommit: code,
} satisfies Record<keyof Hooks<object>, Check>)

const deprecated = members(
  'deprecated',
  { since: text, sunset: text, link: text } satisfies Record<keyof Deprecation, Check>,
  ['since'],
)

/** The form of before: `[{ name: 'headcount', handler }]`. */
const routes: Check = () => [
  'is not an option any more: write views: { headcount: view({ summary, response, *run({ row, db }) { … } }) }',
]

const onWhat = check(
  value => value === 'member' || value === 'collection',
  "'member' or 'collection'",
)
const told = { summary: text, description: text, on: onWhat, scope: text, run: code }
const oneAction = members('an action', { ...told, body: answer, response: result }, [
  'summary',
  'run',
])
const oneView = members('a view', { ...told, parameters: answer, response: result }, [
  'summary',
  'response',
  'run',
])

/** The checks of an object of things by their names. */
const named =
  (thing: string, one: Check): Check =>
  value => {
    if (!isObject(value)) return [`must be an object of ${thing} by their names`]
    return Object.entries(value as object).flatMap(([name, member]) =>
      [...segment(name), ...one(member)].map(mistake => `${name} ${mistake}`),
    )
  }

const columns = check(
  value => isObject(value) && Object.values(value as object).every(isText),
  "an object of columns by their fields, such as { name: 'cust_name' }",
)
const computedMembers: Check = value => {
  if (!isObject(value)) return ['must be an object of computed members by their names']
  return Object.entries(value as object)
    .filter(
      ([, member]) => typeof Object(member).compute !== 'function' || !isObject(member.schema),
    )
    .map(([name]) => `${name} must be Computed(Type.Integer(), row => …)`)
}

const options = members('the options of a resource', {
  description: check(isName, 'a text'),
  singular: text,
  key: name,
  table: text,
  columns,
  parent,
  references,
  unique: sets,
  index: sets,
  listed: names,
  filterable: names,
  filterableThrough: check(isNames, "a list of fields of other rows, such as ['customer.country']"),
  sortable: names,
  search,
  keepDeleted: flag,
  restore: flag,
  keepFor: check(isKeepFor, "a number of days or hours, such as '90d' or '36h'"),
  requireIfMatch: flag,
  publicRead: flag,
  owner: check(
    value => typeof value === 'boolean',
    'true or false; a field that says whose a row is, is Owner()',
  ),
  visible,
  without: withoutMistakes,
  nestedOnly: flag,
  children: check(
    value => isObject(value) && Object.values(value as object).every(isText),
    "an object of resources by the names of the members, such as { lines: 'order_lines' }",
  ),
  summary: flag,
  deprecated,
  sample: rows,
  computed: computedMembers,
  hooks,
  actions: named('actions', oneAction),
  views: named('views', oneView),
  routes,
} satisfies Record<keyof ResourceOptions<Record<string, never>> | 'references' | 'routes', Check>)

/** The mistakes in the call itself; the model that is derived from it is checked afterwards. */
export function callMistakes({
  name: called,
  fields,
  options: given,
}: Resource): readonly string[] {
  if (typeof called !== 'string')
    return ["needs a name: resource('books', Type.Object({…}), { description: '…' })"]
  if (!isTypeBoxObject(fields))
    return [`'${called}' needs its fields as the second argument: Type.Object({…})`]
  if (given === undefined)
    return [`'${called}' needs options as the third argument: { description: '…' }`]
  const more = Object.keys(fields).filter(
    keyword => !['type', 'properties', 'required'].includes(keyword),
  )
  const unread = more.filter(
    keyword => keyword !== 'additionalProperties' || fields.additionalProperties !== false,
  )
  return [
    ...unread.map(
      keyword => `has ${keyword} on its Type.Object, where nothing reads it; see the options`,
    ),
    ...options(withTargetsFirst(given as object, fields.properties)),
  ]
}
