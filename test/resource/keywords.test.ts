// Keywords and options that are not known would be ignored, so the start refuses them and says what to write.

import { type TSchema, Type } from '@sinclair/typebox'
import t from 'tap'
import { resourcesToModels } from '../../src/resource/derive.ts'
import { Enum, Ref, resource } from '../../src/resource/resource.ts'
import { define } from '../support/definitions.ts'

function mistakesOf(...defined: Parameters<typeof resourcesToModels>[0]): string[] {
  try {
    resourcesToModels(defined)
    return []
  } catch (error) {
    const [, ...lines] = (error as Error).message.split('\n')
    return lines.map(line => line.replace(/^ {2}schemas\/pages\.ts: /, ''))
  }
}

const keywords: [field: TSchema, mistakes: string[]][] = [
  [
    Type.String({ maxlength: 5 }),
    ["size has maxlength, which is not known; did you mean 'maxLength'?"],
  ],
  [
    Type.String({ readonly: true }),
    ["size has readonly, which is not known; did you mean 'readOnly'?"],
  ],
  [
    Type.Optional(Type.String({ discription: '' })),
    ["size has discription, which is not known; did you mean 'description'?"],
  ],
  [
    Type.String({ hidden: true }),
    [
      'size has hidden, which is not known: write writeOnly: true for what callers set and nobody reads',
    ],
  ],
  [Type.String({ immutable: true }), ['size has immutable, which is not known: write fixed: true']],
  [
    Type.String({ nullable: true }),
    [
      'size has nullable, which is not known: write Type.Optional(…), and the field is null where it is left out',
    ],
  ],
  [
    Type.String({ unique: true }),
    ["size has unique, which is not known: name the field in the resource's option unique"],
  ],
  [Type.String({ example: 'x' }), ['size has example, which is not known: write examples: […]']],
  [Type.String({ toString: true }), ['size has toString, which is not known']],
  [
    Type.String({ minimum: 1 }),
    [
      'size has minimum, which only a field of another type can have (integer, number); this one is string',
    ],
  ],
  [
    Type.Integer({ minLength: 1 }),
    [
      'size has minLength, which only a field of another type can have (string); this one is integer',
    ],
  ],
  [
    Type.Boolean({ maxItems: 1 }),
    ['size has maxItems, which only a field of another type can have (array); this one is boolean'],
  ],
  [
    Type.Array(Type.String({ maxlength: 5 })),
    ["size/items has maxlength, which is not known; did you mean 'maxLength'?"],
  ],
  [
    Type.Object({ a: Type.Object({ b: Type.String({ writeOnly: true }) }) }),
    ['size/a/b has writeOnly, which only a field itself can have'],
  ],
  [
    Type.Object({ a: Type.String() }, { additionalProperties: true }),
    [
      'size has additionalProperties, but an object has the members that it names and no other; one with any members is Json()',
    ],
  ],
  [
    Type.Union([Type.String(), Type.Null()]),
    [
      'size must be a string, integer, number, boolean, list or object; write Type.Optional(…) for one that may be null',
    ],
  ],
  // What is known stays so.
  [
    Type.String({
      title: 'Size',
      description: '',
      examples: [''],
      deprecated: true,
      $comment: '',
      'x-order': 1,
    }),
    [],
  ],
  [Type.String({ contentEncoding: 'base64', contentMediaType: 'image/png' }), []],
  [Type.Array(Type.String(), { uniqueItems: true, minItems: 1, contains: Type.String() }), []],
  [Type.Object({ a: Type.String() }, { additionalProperties: false, minProperties: 1 }), []],
  [Type.Number({ exclusiveMinimum: 0, multipleOf: 0.5 }), []],
  [Enum(['s', 'm'], { title: 'Size' }), []],
]

t.test('a keyword that would be ignored is a mistake', async t => {
  for (const [field, mistakes] of keywords)
    t.strictSame(mistakesOf(define('pages', { size: field })), mistakes)
})

const text = Type.String({ minLength: 1, maxLength: 50 })
const sets =
  "must be a list of fields, or of sets of fields, such as ['title', ['event_id', 'place']]"

const visible =
  'visible must be the name of a reference, or a function such as ' +
  'caller => ({ customer_id: caller.claims.customer_id }), with neither async nor a star'

const options: [options: object, mistakes: string[]][] = [
  [
    { uniqe: ['title'] },
    ["has uniqe, which is not known in the options of a resource; did you mean 'unique'?"],
  ],
  [
    { publicread: true },
    ["has publicread, which is not known in the options of a resource; did you mean 'publicRead'?"],
  ],
  [{ colour: 'red' }, ['has colour, which is not known in the options of a resource']],
  [
    { hooks: { beforewrite() {} } },
    ["hooks has beforewrite, which is not known in hooks; did you mean 'beforeWrite'?"],
  ],
  [{ hooks: { beforeWrite: 'x' } }, ['hooks beforeWrite must be a function']],
  [{ hooks: [] }, ['hooks must be an object with beforeWrite, afterWrite, afterCommit']],
  [{ unique: 'title' }, [`unique ${sets}`]],
  [{ index: [['title', 3]] }, [`index ${sets}`]],
  [{ listed: 'title' }, ["listed must be a list of fields, such as ['title']"]],
  [{ key: ['title'] }, ['key must be the name of a field']],
  [{ parent: 3 }, ['parent must be the name of a field, or a list of them']],
  [{ keepDeleted: 'yes' }, ['keepDeleted must be true or false']],
  [{ visible: true }, [visible]],
  [{ visible: async () => true }, [visible]],
  [{ *visible() {} }, [visible]],
  [{ singular: '' }, ['singular must be a text']],
  [{ sample: [1] }, ['sample must be a list of rows']],
  [{ deprecated: true }, ['deprecated must be an object with since, sunset, link']],
  [{ deprecated: { sunset: '2026-11-01' } }, ['deprecated needs since']],
  [
    { routes: [] },
    [
      'routes is not an option any more: write views: { headcount: view({ summary, response, *run({ row, db }) { … } }) }',
    ],
  ],
  [{ keepFor: 90 }, ["keepFor must be a number of days or hours, such as '90d' or '36h'"]],
  [{ keepDeleted: undefined, sample: [] }, []],
]

t.test('an option that is not known, or not of its form, is a mistake', async t => {
  for (const [given, mistakes] of options)
    t.strictSame(
      mistakesOf(define('pages', { title: text }, given)),
      mistakes,
      JSON.stringify(given),
    )
})

t.test('a call that lacks something says what', async t => {
  const call = resource as unknown as (...values: unknown[]) => never
  const of = (...values: unknown[]) =>
    mistakesOf({ file: 'schemas/pages.ts', resource: call(...values) })
  const fields = Type.Object({ title: text })
  t.strictSame(of('pages', fields), [
    "'pages' needs options as the third argument: { description: '…' }",
  ])
  t.strictSame(of('pages', { title: text }, { description: 'x' }), [
    "'pages' needs its fields as the second argument: Type.Object({…})",
  ])
  t.strictSame(of(fields, { description: 'x' }), [
    "needs a name: resource('books', Type.Object({…}), { description: '…' })",
  ])
  t.strictSame(
    of('pages', Type.Object({ title: text }, { description: 'x' }), { description: 'x' }),
    ['has description on its Type.Object, where nothing reads it; see the options'],
  )
})

t.test('a field that is not there is told with the one that may be meant', async t => {
  const of = (options: object) =>
    mistakesOf(
      define('users', { name: text }),
      define('pages', { title: text, author: Type.Integer() }, options),
    )
  t.strictSame(of({ unique: ['titel'] }), [
    "titel is named in unique, but there is no such field; did you mean 'title'?",
  ])
  t.strictSame(of({ parent: 'autor' }), [
    "autor is named in parent, but there is no such field; did you mean 'author'?",
  ])
  t.strictSame(mistakesOf(define('users', { name: text }), define('pages', { by: Ref('user') })), [
    "by refers to 'user', which is no resource; did you mean 'users'?",
  ])
})

const names: [name: string, fields: object, mistake: string][] = [
  [
    'pages',
    { xmin: Type.Integer() },
    'xmin is a system column of PostgreSQL; write xmin_value, say',
  ],
  [
    'pages',
    { valueOf: text },
    'valueOf is a name at which generators of clients fail; choose another',
  ],
  [
    'pages',
    { size: Type.Object({ hasOwnProperty: text }) },
    'size/hasOwnProperty is a name at which generators of clients fail; choose another',
  ],
  ['pages', { ctid: text }, 'ctid is a system column of PostgreSQL; write ctid_value, say'],
  [
    'sqlite_things',
    { title: text },
    "name 'sqlite_things' begins with sqlite_, which SQLite keeps for tables of its own",
  ],
  [
    'pg_class',
    { title: text },
    "name 'pg_class' begins with pg_, which PostgreSQL keeps for tables of its own",
  ],
  [
    'strings',
    { title: text },
    "the component 'String' breaks generated clients (Java); choose another word with the option singular",
  ],
  [
    'responses',
    { title: text },
    "the component 'Response' breaks generated clients (Python); choose another word with the option singular",
  ],
]

t.test('a name that a database or a generated client keeps for itself is a mistake', async t => {
  for (const [name, fields, mistake] of names)
    t.strictSame(mistakesOf({ ...define(name, fields as never), file: 'schemas/pages.ts' }), [
      mistake,
    ])
  t.strictSame(mistakesOf(define('responses', { title: text }, { singular: 'reply' })), [])
  t.strictSame(mistakesOf(define('pages', { title: text }, { singular: 'web page' })), [
    "singular 'web page' must be of letters, digits, - and _, a letter first: 'Web page' is no name for a class",
  ])
  t.strictSame(mistakesOf(define('pages', { XMIN: Type.Integer() })), [])
})
