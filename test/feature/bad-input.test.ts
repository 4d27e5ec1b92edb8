// Bodies of every bad kind get their 4xx, each way in, and leave nothing behind.

import fc from 'fast-check'
import { checkProblem } from '../support/problem.ts'
import { feature } from '../support/service.ts'
import { json, jsonPatch, mergePatch, send, unharmed, type Way, ways } from '../support/ways.ts'

const deepList = '['.repeat(10_000) + ']'.repeat(10_000)
const deepObject = `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`

const bodies: readonly [what: string, body: string | Buffer, status: number][] = [
  ['nothing', '', 400],
  ['white space', ' \r\n\t', 400],
  ['JSON cut short in a name', '{"mod', 400],
  ['JSON cut short in a text', '{"model":"24', 400],
  ['JSON cut short in a number', '{"year":-', 400],
  ['JSON cut short before the end', '{"model":"240SX","color":"Red"', 400],
  ['a trailing comma', '{"model":"240SX","color":"Red",}', 400],
  ['two values', '{}{}', 400],
  ['single quotes', "{'model':'240SX'}", 400],
  ['a comment', '{"model":"240SX"/* sic */,"color":"Red"}', 400],
  ['no value of JSON', 'undefined', 400],
  ['NaN', '{"year":NaN}', 400],
  ['a form', 'model=240SX&color=Red', 400],
  ['a line break in a text', '{"model":"240\nSX","color":"Red"}', 400],
  ['a byte of NUL in a text', '{"model":"240\0SX","color":"Red"}', 400],
  ['an escape that is none', '{"model":"\\x41","color":"Red"}', 400],
  ['bytes that are no UTF-8', Buffer.from('{"model":"\xe9","color":"Red"}', 'latin1'), 400],
  ['UTF-8 cut short', Buffer.from('{"model":"\xe2\x82","color":"Red"}', 'latin1'), 400],
  ['a surrogate in UTF-8', Buffer.from('{"model":"\xed\xa0\x80","color":"Red"}', 'latin1'), 400],
  ['UTF-16', Buffer.from('{"model":"240SX","color":"Red"}', 'utf16le'), 400],
  ['null', 'null', 422],
  ['a number', '1', 422],
  ['a number beyond all', '1e400', 422],
  ['a text', '"model"', 422],
  ['a boolean', 'true', 422],
  ['a list of lists', '[[]]', 422],
  ['10,000 lists in each other', deepList, 422],
  ['10,000 objects in each other', deepObject, 422],
  ['10,000 lists, of which none ends', '['.repeat(10_000), 400],
  ['two megabytes', JSON.stringify({ model: 'x'.repeat(2_000_000), color: 'Red' }), 413],
]

feature('a body that is no such resource is refused each way', async (t, service) => {
  await unharmed(t, service, async () => {
    for (const way of ways)
      for (const [what, body, status] of bodies)
        checkProblem(t, `${way.way}: ${what}`, await send(service, way, body), status)
  })
})

/** Names, in the text of JSON, of members with the value `{"prototype":{"admin":true}}`; a pointer to each. */
const names: readonly [name: string, pointer: string | undefined][] = [
  ['wheels', 'wheels'],
  ['', ''],
  ['MODEL', 'MODEL'],
  ['model ', 'model%20'],
  ['a/b~c', 'a~1b~0c'],
  ['toString', 'toString'],
  ['hasOwnProperty', 'hasOwnProperty'],
  ['prototype', 'prototype'],
  ['constructor', 'constructor'],
  ['a\\u0000b', 'a%00b'],
  ['\\ud83d\\ude97', '%F0%9F%9A%97'],
  ['\\ud83d', undefined],
  ['__proto__', undefined],
  ['\\u005f_proto__', undefined],
]

const books: readonly (readonly [way: Way, below: string, (member: string) => string])[] = [
  [
    { way: 'POST', method: 'POST', url: '/books', type: json },
    '',
    m => `{"title":"T","authors":[{"name":"A"}],${m}}`,
  ],
  [
    { way: 'POST below', method: 'POST', url: '/books', type: json },
    'authors/0/',
    m => `{"title":"T","authors":[{"name":"A",${m}}]}`,
  ],
  [
    { way: 'PUT', method: 'PUT', url: '/books/1', type: json },
    '',
    m => `{"title":"T","authors":[{"name":"A"}],${m}}`,
  ],
  [{ way: 'merge patch', method: 'PATCH', url: '/books/1', type: mergePatch }, '', m => `{${m}}`],
  [
    { way: 'merge patch below', method: 'PATCH', url: '/books/1', type: mergePatch },
    'authors/0/',
    m => `{"authors":[{"name":"A",${m}}]}`,
  ],
  [
    { way: 'JSON Patch', method: 'PATCH', url: '/books/1', type: jsonPatch },
    'authors/0/',
    m => `[{"op":"add","path":"/authors/0","value":{"name":"A",${m}}}]`,
  ],
]

feature('a member of an unknown or forbidden name is refused each way', async (t, service) => {
  await unharmed(t, service, async () => {
    for (const [way, below, body] of books)
      for (const [name, pointer] of names) {
        const received = await send(service, way, body(`"${name}":{"prototype":{"admin":true}}`))
        const problem = checkProblem(
          t,
          `${way.way}: ${name}`,
          received,
          pointer === undefined ? 400 : 422,
        )
        const errors = [{ pointer: `#/${below}${pointer}`, detail: 'is not a known member' }]
        t.strictSame(
          problem.errors,
          pointer === undefined ? undefined : errors,
          `${way.way}: ${name}`,
        )
      }
  })
  t.equal(({} as Record<string, unknown>).admin, undefined)
})

const pointers: readonly [path: string, status: number][] = [
  ['/__proto__', 422],
  ['/constructor', 422],
  ['/__proto__/admin', 409],
  ['/constructor/prototype/admin', 409],
  ['/authors/__proto__', 409],
  ['/authors/length', 409],
  ['/authors/01', 409],
  ['/authors/-1', 409],
  ['/authors/99', 409],
  ['/title/length', 409],
  ['title', 422],
  ['/title~2', 422],
  ['/tit\\u0000le', 422],
  ['/\\ud83d', 400],
  [`/${'a/'.repeat(600)}`, 422],
]

feature('a JSON Patch that leads nowhere is refused', async (t, service) => {
  const way: Way = { way: 'JSON Patch', method: 'PATCH', url: '/books/1', type: jsonPatch }
  await unharmed(t, service, async () => {
    for (const [path, status] of pointers)
      checkProblem(
        t,
        path.slice(0, 40),
        await send(service, way, `[{"op":"add","path":"${path}","value":1}]`),
        status,
      )
    for (const deep of [deepList, deepObject])
      for (const [op, path, status] of [
        ['add', '/authors/-', 409],
        ['replace', '/title', 409],
        ['test', '/title', 409],
      ] as const)
        checkProblem(
          t,
          `deep ${op}`,
          await send(service, way, `[{"op":"${op}","path":"${path}","value":${deep}}]`),
          status,
        )
  })
  t.equal(({} as Record<string, unknown>).admin, undefined)
})

const whole = books.filter(([, below]) => below === '')

feature('of very many findings a hundred are told', async (t, service) => {
  const members = Array.from({ length: 80_000 }, (_, i) => `"a${i}":1`).join()
  await unharmed(t, service, async () => {
    for (const [way, , body] of whole) {
      const problem = checkProblem(t, way.way, await send(service, way, body(members)), 422)
      t.equal(problem.errors.length, 100)
    }
  })
})

feature('of a list that is far too long nothing else is told', async (t, service) => {
  const numbers = Array.from({ length: 400_000 }, () => 1).join()
  await unharmed(t, service, async () => {
    for (const [way, , body] of whole) {
      const problem = checkProblem(
        t,
        way.way,
        await send(service, way, body(`"authors":[${numbers}]`)),
        422,
      )
      t.strictSame(problem.errors, [
        { pointer: '#/authors', detail: 'must NOT have more than 100 items' },
      ])
    }
  })
})

feature('very long names of unknown members are not sent back', async (t, service) => {
  const name = 'é~'.repeat(1000)
  const members = Array.from({ length: 150 }, (_, index) => `"${index}${name}":1`).join()
  const problem = checkProblem(
    t,
    'POST',
    await service.request('POST', '/todos', {
      body: `{"userId":1,"title":"T",${members}}`,
      headers: { 'content-type': json },
    }),
    422,
  )
  t.strictSame(problem.errors, [{ pointer: '#', detail: 'has a member with a very long name' }])
})

const plausible = fc.constantFrom<unknown>(
  ...[
    null,
    true,
    0,
    1,
    -1,
    99,
    1.5,
    2 ** 53,
    1e300,
    '',
    'a',
    'ada',
    '2021-03-16',
    '2021-03-16T12:00:00+02:00',
    'EUR',
  ],
  ...[
    'a@example.com',
    'lead',
    'accepted',
    '978-0000000002',
    '1D7RV1GTXAS806941',
    [],
    [{ name: 'A' }],
    { name: 'A' },
  ],
)
const anything = fc.oneof(plausible, fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' }))

/** What the resource takes, but that a member may be of any kind, or missing, or there are others. */
function almost(example: object) {
  const members = Object.fromEntries(
    Object.entries(example).map(([name, value]) => [
      name,
      fc.oneof({ weight: 15, arbitrary: fc.constant(value) }, { weight: 1, arbitrary: anything }),
    ]),
  )
  return fc.oneof(
    fc.record(members),
    fc.record(members, { requiredKeys: [] }),
    fc.dictionary(fc.string(), anything),
  )
}

function anyPatch(fields: readonly string[]) {
  const tail = fc.constantFrom('', '/0', '/-', '/0/name', '/x', '/', '~0', '~2')
  const path = fc
    .tuple(fc.constantFrom('', ...fields.map(name => `/${name}`)), tail)
    .map(parts => parts.join(''))
  const op = fc.constantFrom('add', 'remove', 'replace', 'move', 'copy', 'test', 'x')
  return fc.array(
    fc.record({ op, path, from: path, value: anything }, { requiredKeys: ['op', 'path'] }),
    {
      maxLength: 6,
    },
  )
}

const targets: readonly [collection: string, member: string, example: object][] = [
  [
    '/books',
    '/books/1',
    { title: 'T', authors: [{ name: 'A' }], page_count: 9, pub_date: '2021-03-16', genre: 'Novel' },
  ],
  ['/cars', '/cars/1', { make: 'Nissan', model: '240SX', year: 1996, color: 'Silver' }],
  [
    '/events/23/guests',
    '/guests/8',
    { event_id: 23, name: 'A', email: 'a@example.net', plus_ones: 1 },
  ],
  [
    '/transactions',
    '/transactions/1',
    { amount: 1, currency: 'EUR', status: 'pending', customer_id: 1 },
  ],
  ['/users', '/users/ada', { username: 'ada', name: 'Ada', email: 'ada@example.com', bio: '' }],
]

const attempts = fc.constantFrom(...targets).chain(([collection, member, example]) => {
  const bodies = fc.oneof(
    { weight: 4, arbitrary: almost(example) },
    { weight: 1, arbitrary: anything },
  )
  const attempt = (method: string, url: string, type: string, body: fc.Arbitrary<unknown>) =>
    fc.record({ way: fc.constant<Way>({ way: method, method, url, type }), body })
  return fc.oneof(
    attempt('POST', collection, json, bodies),
    attempt('PUT', member, json, bodies),
    attempt('PATCH', member, mergePatch, bodies),
    attempt('PATCH', member, jsonPatch, anyPatch(['id', ...Object.keys(example)])),
  )
})

feature('whatever JSON is sent, it is never a fault of the service', async (t, service) => {
  const answered = fc.asyncProperty(attempts, async ({ way, body }) => {
    const { status } = await send(service, way, JSON.stringify(body))
    return [200, 201, 400, 409, 422].includes(status)
  })
  await fc.assert(answered, { numRuns: 300 })
  t.equal((await service.get('/health')).status, 200)
})
