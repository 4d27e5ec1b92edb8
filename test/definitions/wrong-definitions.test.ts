// What people write wrongly, as they write it: each mistake is told with the file, the line, the field, and what to write.

import { relative } from 'node:path'
import t, { type Test } from 'tap'
import { loadModels } from '../../src/definitions/load.ts'

const source = import.meta.resolve('../../src/restwell.ts')

/** The file `things.ts`, which begins on line 1 with its import, and may refer to `users.ts`. */
async function told(t: Test, text: string, others: Record<string, string> = {}): Promise<string> {
  const imports = `import * as restwell from '${source}'; const { ${names} } = restwell\n`
  const users = `${imports}export const users = resource('users', Type.Object({ name: Line() }), { description: 'People' })\n`
  const folder = t.testdir({ 'things.ts': imports + text, 'users.ts': users, ...others })
  const message = await loadModels(folder).then(
    () => 'no mistake',
    (error: Error) => error.message,
  )
  const place = relative('.', folder)
  return message.replaceAll(`${place}/`, '').replace(/^The resources have .*:\n {2}/, '')
}

const names =
  'Computed, CreatedAt, Decimal, Enum, From, Line, MinorUnits, Owner, Password, Ref, Refs, Type, Uuid, action, extend, resource, view'

/** A resource with these fields on the second line, and these options on the third. */
const thing = (fields: string, options = "description: 'Things'") =>
  `export const things = resource('things', Type.Object({ ${fields} }),\n  { ${options} })\n`
const withOption = (options: string) => thing('title: Line()', `description: 'Things', ${options}`)

const mistakes: [name: string, text: string, told: string][] = [
  [
    'a reference to the singular',
    thing("owner: Ref('user')"),
    "things.ts:2: owner refers to 'user', which is no resource; did you mean 'users'?",
  ],
  [
    'references as an option',
    withOption("references: { author: 'users' }"),
    "things.ts:3: references is not an option any more: write author: Ref('users') among the fields",
  ],
  [
    'a parent with its resource',
    withOption("parent: { users: 'owner_id' }"),
    "things.ts:3: parent names the field now: write owner_id: Ref('users') among the fields, and parent: 'owner_id'",
  ],
  [
    'a reference with the type of something else',
    thing("owner: Type.Integer({ references: 'users' })"),
    "things.ts:2: owner has references, which is not known: write Ref('users') for the key of a user",
  ],
  [
    'an owner as an option that names a field',
    withOption("owner: 'title'"),
    'things.ts:3: owner must be true or false; a field that says whose a row is, is Owner()',
  ],
  [
    'an owner twice',
    thing('one: Owner(), two: Owner()', "description: 'Things', owner: true"),
    'things.ts:2: two is Owner(), and so is one: a row has one owner\n  things.ts:2: one is Owner(): leave out the option owner',
  ],
  [
    'an owner that may be nobody, or somebody from the start',
    thing("one: Type.Optional(Owner({ default: 'key:1' }))"),
    'things.ts:2: one is Owner(), at first the caller: leave out default',
  ],
  [
    'an owner of what everybody reads, or of a key that callers choose',
    thing(
      'code: Line({ minLength: 1, maxLength: 9 }), one: Type.Optional(Owner())',
      "description: 'Things', key: 'code', publicRead: true",
    ),
    'things.ts:2: has owners, so the server must make its keys: leave out `key`\n  things.ts:2: has owners, so it cannot have publicRead too\n  things.ts:2: one is Owner(), and each row has one: no Type.Optional(…)',
  ],
  [
    'the value of a row that belongs to somebody',
    `export const notes = resource('notes', Type.Object({ text: Line(), one: Owner() }), { description: 'N' })\n` +
      thing("note_id: Ref('notes'), of_note: From('note_id', 'text')"),
    'things.ts:3: of_note is from notes, of which not every caller sees every row',
  ],
  [
    'a capital in the name',
    `export const things = resource('Things', Type.Object({ title: Line() }), { description: 'Things' })`,
    "things.ts:2: name 'Things' must be up to 40 of a-z, 0-9, - and _, a letter first, no - or _ last or doubled; write 'things'",
  ],
  [
    'one name twice',
    `export const a = resource('users', Type.Object({ title: Line() }), { description: 'Things' })`,
    "users.ts:2: 'users' has the name of the resource in things.ts; choose another, or another singular",
  ],
  [
    'a list in sortable',
    thing('tags: Type.Array(Type.Integer())', "description: 'Things', sortable: ['tags']"),
    'things.ts:2: tags cannot be in sortable: it is a list or an object',
  ],
  [
    'a number in search',
    thing('size: Type.Integer()', "description: 'Things', search: ['size']"),
    'things.ts:2: size cannot be in search: it is no text',
  ],
  [
    'nothing in search',
    thing('name: Line()', "description: 'Things', search: []"),
    'things.ts:2: has no field in search; leave it out, and nothing is searched',
  ],
  [
    'a field twice in search',
    thing('name: Line()', "description: 'Things', search: ['name', 'name']"),
    'things.ts:2: names a field twice in search',
  ],
  [
    'many fields in search',
    thing(
      [...'abcdefghi'].map(name => `${name}: Line()`).join(', '),
      `description: 'Things', search: [...'abcdefghi'] as never`,
    ),
    'things.ts:2: has 9 fields in search, where 8 may be',
  ],
  [
    'a search in a language that the databases do not reduce alike',
    thing(
      'name: Line()',
      `description: 'Things', search: { fields: ['name'], language: 'german' as never }`,
    ),
    "things.ts:3: search language must be 'english', the one whose words both databases reduce alike; a list of fields alone has no language",
  ],
  [
    'a search without its language',
    thing('name: Line()', `description: 'Things', search: { fields: ['name'] } as never`),
    'things.ts:3: search needs language',
  ],
  [
    'a number in the search of a language',
    thing(
      'size: Type.Integer()',
      `description: 'Things', search: { fields: ['size'], language: 'english' }`,
    ),
    'things.ts:2: size cannot be in search: it is no text',
  ],
  [
    'a password in search',
    thing('name: Password()', "description: 'Things', search: ['name']"),
    'things.ts:2: name cannot be in search: it is writeOnly, so nobody may learn its values',
  ],
  [
    'a field that begins with _',
    thing('_x: Line()'),
    'things.ts:2: _x must be up to 50 of a-z, A-Z, 0-9 and _, a letter first',
  ],
  [
    'an optional key',
    thing('code: Type.Optional(Line())', "description: 'Things', key: 'code'"),
    'things.ts:2: code needs a maxLength of at most 500 to be in key\n  things.ts:2: code is the key, so it must be a required string or integer\n  things.ts:2: code is the key, so it needs a minLength of at least 1',
  ],
  [
    'read-only, required, and set by nobody',
    thing('state: Line({ readOnly: true })'),
    'things.ts:2: state is read-only, so it must be optional, or have a default, or a hook beforeWrite that sets it',
  ],
  [
    'a circle without an end',
    thing("thing: Ref('parts')") +
      `export const parts = resource('parts', Type.Object({ thing: Ref('things') }), { description: 'Parts' })`,
    "things.ts:4: thing refers to 'things', which refers back: make one of them Type.Optional(…), or neither can be stored first\n  things.ts:4: thing refers to 'parts', which refers back: make one of them Type.Optional(…), or neither can be stored first",
  ],
  [
    'an unknown format',
    thing("at: Type.String({ format: 'datetime' })"),
    "things.ts:2: at has the format 'datetime', known are date, date-time, email, uri, uuid",
  ],
  [
    'an example that is not valid',
    thing('size: Type.Integer({ minimum: 5, examples: [1] })'),
    'things.ts:2: size has an example that is not valid, 1: must be >= 5',
  ],
  [
    'a default that is not valid',
    thing("size: Enum(['s', 'm'], { default: 'l' })"),
    'things.ts:2: size has a default that is not valid, "l": must be one of: s, m',
  ],
  [
    'minLength on an integer',
    thing('size: Type.Integer({ minLength: 3 })'),
    'things.ts:2: size has minLength, which only a field of another type can have (string); this one is integer',
  ],
  [
    'a union of literals',
    thing("size: Type.Union([Type.Literal('s'), Type.Literal('m')])"),
    "things.ts:2: size must be a string, integer, number, boolean, list or object; write Enum(['s', 'm'])",
  ],
  [
    'a union with null',
    thing('size: Type.Union([Type.Integer(), Type.Null()])'),
    'things.ts:2: size must be a string, integer, number, boolean, list or object; write Type.Optional(…) for one that may be null',
  ],
  [
    'a record',
    thing('size: Type.Record(Type.String(), Type.Integer())'),
    'things.ts:2: size must name its members; an object with any members is Json()',
  ],
  [
    'a date of JavaScript',
    thing('at: Type.Date()'),
    "things.ts:2: at must be a string, integer, number, boolean, list or object; a point in time is Type.String({ format: 'date-time' })",
  ],
  [
    'any value',
    thing('any: Type.Any()'),
    'things.ts:2: any must be a string, integer, number, boolean, list or object; any JSON value is Json()',
  ],
  [
    'unique as a text',
    withOption("unique: 'title'"),
    "things.ts:3: unique must be a list of fields, or of sets of fields, such as ['title', ['event_id', 'place']]",
  ],
  [
    'fields without Type.Object',
    `export const things = resource('things', { title: Line() }, { description: 'Things' })`,
    "things.ts:2: 'things' needs its fields as the second argument: Type.Object({…})",
  ],
  [
    'no options',
    `export const things = resource('things', Type.Object({ title: Line() }))`,
    "things.ts:2: 'things' needs options as the third argument: { description: '…' }",
  ],
  [
    'a resource called keys',
    `export const keys = resource('keys', Type.Object({ title: Line() }), { description: 'Keys' })`,
    "things.ts:2: the name 'keys' is the service's own, for its API keys; choose another, such as 'team_keys'",
  ],
  [
    'a keyword with a typing mistake',
    thing('title: Type.String({ maxlength: 5 })'),
    "things.ts:2: title has maxlength, which is not known; did you mean 'maxLength'?",
  ],
  [
    'an option with a typing mistake',
    withOption("uniqe: ['title']"),
    "things.ts:2: has uniqe, which is not known in the options of a resource; did you mean 'unique'?",
  ],
  [
    'a hook with a typing mistake',
    withOption('hooks: { beforewrite: () => {} }'),
    "things.ts:3: hooks has beforewrite, which is not known in hooks; did you mean 'beforeWrite'?",
  ],
  [
    'a required write-only field in listed',
    thing('secret: Line({ writeOnly: true })', "description: 'Things', listed: ['secret']"),
    'things.ts:2: secret cannot be in listed: it is writeOnly, so nobody may learn its values',
  ],
  [
    'additional properties',
    thing('box: Type.Object({ a: Line() }, { additionalProperties: true })'),
    'things.ts:2: box has additionalProperties, but an object has the members that it names and no other; one with any members is Json()',
  ],
  [
    'an asynchronous hook',
    withOption('hooks: { beforeWrite: async () => {} }'),
    'things.ts:3: beforeWrite runs inside the transaction, so it must not be async; what waits belongs in afterCommit',
  ],
  [
    'a route',
    withOption("routes: [{ name: 'size', handler: async () => ({ n: 1 }) }]"),
    'things.ts:3: routes is not an option any more: write views: { headcount: view({ summary, response, *run({ row, db }) { … } }) }',
  ],
  [
    'an action without run',
    withOption("actions: { close: { summary: 'Close' } }"),
    'things.ts:3: actions close needs run',
  ],
  [
    'what the server sets, in the body of an action',
    withOption(
      "actions: { close: action({ summary: 'Close', body: Type.Object({ at: CreatedAt() }), run: () => ({}) }) }",
    ),
    'things.ts:3: close.at is set by the server, so nobody can send it: leave it out, or write its type',
  ],
  [
    'a scope of a field without a colon',
    thing("pay: Type.Integer({ scope: 'salary' })"),
    "things.ts:2: pay has a scope that must be like 'employees:salary', or { read: 'employees:salary', write: 'employees:admin' }",
  ],
  [
    'a scope of a field for something else',
    thing("pay: Type.Integer({ scope: { see: 'things:pay' } })"),
    "things.ts:2: pay has a scope that must be like 'employees:salary', or { read: 'employees:salary', write: 'employees:admin' }",
  ],
  [
    'a scope of a field for nothing',
    thing('pay: Type.Integer({ scope: {} })'),
    "things.ts:2: pay has a scope that must be like 'employees:salary', or { read: 'employees:salary', write: 'employees:admin' }",
  ],
  [
    'a scope to write what nobody writes',
    thing("pay: Type.Integer({ readOnly: true, default: 0, scope: 'things:pay' })"),
    'things.ts:2: pay is readOnly, so nobody writes it: write scope: { read: … }',
  ],
  [
    'a scope to read what nobody reads',
    thing("pin: Line({ writeOnly: true, scope: 'things:pin' })"),
    'things.ts:2: pin is writeOnly, so nobody reads it: write scope: { write: … }',
  ],
  [
    'a key with a scope',
    thing(
      "title: Line(), code: Line({ minLength: 1, scope: { read: 'things:code' } })",
      "description: 'Things', key: 'code'",
    ),
    'things.ts:2: code cannot be in key: it has a scope, and addresses show it to everyone',
  ],
  [
    'a list of what some callers must not read',
    thing(
      "title: Line(), pay: Type.Integer({ scope: 'things:pay' })",
      "description: 'Things', listed: ['pay']",
    ),
    'things.ts:2: has only fields with scopes in listed, so some callers would see none',
  ],
  [
    'a scope of a parameter',
    withOption(
      "views: { late: view({ summary: 'Late', parameters: Type.Object({ by: Line({ scope: 'things:late' }) }), response: Type.Object({}), run: () => ({}) }) }",
    ),
    'things.ts:3: late.by has scope, which only a field of a resource can have',
  ],
  [
    'a name in a body at which generators fail',
    withOption(
      "actions: { close: action({ summary: 'Close', body: Type.Object({ valueOf: Line() }), run: () => ({}) }) }",
    ),
    'things.ts:3: close.valueOf is a name at which generators of clients fail; choose another',
  ],
  [
    'limits that no value keeps',
    thing(
      "a: Line({ minLength: 9, maxLength: 3 }), b: Type.Integer({ minimum: 9, maximum: 3 }), c: Type.Number({ multipleOf: 0 }), d: Enum(['x', 'x'])",
    ),
    "things.ts:2: a has a minLength above its maxLength, so no value is right\n  things.ts:2: b has a minimum above its maximum, so no value is right\n  things.ts:2: c has a multipleOf that is not above 0\n  things.ts:2: d is an Enum that has 'x' twice",
  ],
  [
    'a decimal with a limit that it cannot have',
    thing('price: Decimal(10, 2, { minimum: 5 })'),
    'things.ts:2: price has minimum, which only a field of another type can have (integer, number); this one is string',
  ],
  [
    'an action and a view that wait',
    thing(
      'title: Line()',
      "description: 'Things', actions: { close: action({ summary: 'Close', run: async () => ({}) }) },\n  views: { late: view({ summary: 'Late', response: Type.Object({}), async *run() {} }) }",
    ),
    'things.ts:3: close.run runs inside the transaction, so it must not be async; what waits belongs in afterCommit\n  things.ts:4: late.run runs inside the transaction, so it must not be async; what waits belongs in afterCommit',
  ],
  [
    'code for something that is no resource',
    `${thing('title: Line()')}extend('things', {})\n`,
    "things.ts:4:1: cannot be loaded: extend() takes a resource first: extend(books, { hooks: { … } })\n      2 | export const things = resource('things', Type.Object({ title: Line() }),\n      3 |   { description: 'Things' })\n    > 4 | extend('things', {})\n        | ^\n      5 | ",
  ],
  [
    'an action at the address of an operation',
    withOption(
      "keepDeleted: true, restore: true, actions: { restore: action({ summary: 'Back', run: () => ({}) }) }",
    ),
    "things.ts:2: POST /things/{}/restore is there twice; choose another name for one of them\n  things.ts:2: operationId 'restoreThing' is there twice; choose another name for one of them",
  ],
  [
    'a computed member with the name of a field',
    withOption('computed: { title: Computed(Type.Integer(), () => 3) }'),
    'things.ts:2: title is computed, and a field too: choose another name',
  ],
  [
    'a filter by a computed member',
    withOption("computed: { size: Computed(Type.Integer(), () => 3) }, filterable: ['size']"),
    'things.ts:3: size cannot be in filterable: it is computed when it is read. Store it, as a field that beforeWrite sets',
  ],
  [
    'a computed member without its code',
    withOption('computed: { size: Type.Integer() }'),
    'things.ts:3: computed size must be Computed(Type.Integer(), row => …)',
  ],
  [
    'a decimal with more places than digits',
    thing('price: Decimal(4, 5)'),
    'things.ts:2: price has 5 places; write Decimal(precision, scale) with a scale of 0 to the precision',
  ],
  [
    'a column that begins with a digit',
    withOption("columns: { title: '9x' }"),
    "things.ts:2: title has the column '9x', which must be up to 63 of letters, digits, _, -, $ and spaces, a letter first",
  ],
  [
    'references to many with a long name',
    thing(`${'many'.repeat(12)}: Refs('users')`).replace("'things'", "'things-with-a-name'"),
    `things.ts:2: ${'many'.repeat(12)} makes the table 'things-with-a-name_${'many'.repeat(12)}', which has more than 63 characters; choose a shorter name`,
  ],
  [
    'children of no resource',
    withOption("children: { parts: 'user' }"),
    "things.ts:3: children has parts: 'user', but there is no such resource; did you mean 'users'?",
  ],
  [
    'children that do not refer to their parent',
    withOption("children: { parts: 'users' }"),
    "things.ts:3: children has parts: 'users', but users refer to things by no field; they need one",
  ],
  [
    'children that refer to their parent by two fields',
    thing(
      "one: Type.Optional(Ref('things')), two: Type.Optional(Ref('things'))",
      "description: 'Things', children: { parts: 'things' }",
    ),
    "things.ts:3: parts are taken, so things by two have no name in include; rename one of them\n  things.ts:3: children has parts: 'things', but things refer to things by several fields; they need one",
  ],
  [
    'an option twice',
    `${withOption("unique: ['title']")}extend(things, { unique: [] })\n`,
    'things.ts:2: has unique twice: in its options and by extend(), or twice by it',
  ],
  [
    'a view whose name has a capital',
    withOption(
      "views: { Late: view({ summary: 'L', response: Type.Object({ n: Type.Integer() }), run: () => ({ n: 1 }) }) }",
    ),
    'things.ts:3: views Late must be lower-case letters, digits, - and _, such as headcount',
  ],
  [
    'a view whose name is too long for an address',
    withOption(
      `views: { ${'a'.repeat(81)}: view({ summary: 'L', response: Type.Object({ n: Type.Integer() }), run: () => ({ n: 1 }) }) }`,
    ),
    `things.ts:3: views ${'a'.repeat(81)} must be lower-case letters, digits, - and _, such as headcount`,
  ],
  [
    'hidden',
    thing('secret: Line({ hidden: true })'),
    'things.ts:2: secret has hidden, which is not known: write writeOnly: true for what callers set and nobody reads',
  ],
  [
    'unique as a keyword',
    thing('code: Line({ unique: true })'),
    "things.ts:2: code has unique, which is not known: name the field in the resource's option unique",
  ],
  [
    'a field that does not exist in parent',
    withOption("parent: 'owner'"),
    "things.ts:2: owner is named in parent, but there is no such field; write owner: Ref('…') among the fields",
  ],
  [
    'a parent that is no reference',
    withOption("parent: 'title'"),
    "things.ts:2: title is named in parent, so it must say which resource it refers to: Ref('…')",
  ],
  [
    "an id of one's own",
    thing('id: Type.Integer()'),
    'things.ts:2: id is made by the server; name it in `key` to make it your own',
  ],
  [
    'a value of a row that no reference names',
    thing("name: From('owner', 'name')"),
    "things.ts:2: name is from 'owner', but things has no such field",
  ],
]

for (const [name, text, expected] of mistakes)
  t.test(name, async t => {
    t.equal(await told(t, text), expected)
  })
