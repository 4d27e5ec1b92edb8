// Lists as CSV and as JSON in lines: a page where one is asked for, and otherwise every row, as the database gives it.

import { get as httpGet, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { Type } from '@sinclair/typebox'
import t, { type Test } from 'tap'
import { Computed } from '../../src/resource/computed.ts'
import { Decimal, Json } from '../../src/resource/field-helpers.ts'
import { resource } from '../../src/resource/resource.ts'
import { maxStreams } from '../../src/store/streams.ts'
import { linksOf } from '../support/pages.ts'
import { checkProblem } from '../support/problem.ts'
import { databases, feature, problemOf, type Service, startService } from '../support/service.ts'

const csv = { accept: 'text/csv' }
const ndjson = { accept: 'application/x-ndjson' }

const things = resource(
  'things',
  Type.Object({
    name: Type.String(),
    note: Type.Optional(Type.String()),
    price: Decimal(10, 2),
    sold: Type.Boolean(),
    tags: Type.Array(Type.String()),
    free: Type.Optional(Json()),
  }),
  {
    description: 'Values of each kind',
    computed: { shout: Computed(Type.String(), row => `${row.name}!`) },
    sample: [
      { name: 'plain', price: '12.50', sold: false, tags: [] },
      {
        name: 'a "b", c',
        note: '',
        price: '-0.01',
        sold: true,
        tags: ['x', 'y'],
        free: { a: [1] },
      },
      { name: '=1+1', note: 'two\nlines', price: '0.00', sold: true, tags: [], free: 'text' },
    ],
  },
)

const thingsAsCsv = [
  'id,name,note,price,sold,tags,free,shout',
  '1,plain,,12.50,false,[],,plain!',
  '2,"a ""b"", c","",-0.01,true,"[""x"",""y""]","{""a"":[1]}","a ""b"", c!"',
  '3,=1+1,"two\nlines",0.00,true,[],"""text""",=1+1!',
  '',
].join('\r\n')

feature(
  'a list is CSV for whoever asks for that',
  async (t, { get }) => {
    const whole = await get('/things', csv)
    t.equal(whole.status, 200)
    t.equal(whole.text, thingsAsCsv)
    t.equal(whole.headers['content-disposition'], 'attachment; filename="things.csv"')
    t.equal(whole.headers['cache-control'], 'no-cache')
    t.match(whole.headers.vary, /Accept/)
    t.equal(whole.headers.etag, undefined)
    t.equal(whole.headers.link, undefined)
    t.equal((await get('/things?limit=1000', csv)).text, thingsAsCsv, 'a page is the same')
    t.equal(
      (await get('/things?sold=true&sort=-name&fields=name,price', csv)).text,
      'name,price\r\n"a ""b"", c",-0.01\r\n=1+1,0.00\r\n',
    )
    t.equal((await get('/things?name=nothing', csv)).text, `${thingsAsCsv.split('\r\n')[0]}\r\n`)
  },
  { resources: [things] },
)

feature(
  'a list is JSON in lines for whoever asks for that',
  async (t, { get }) => {
    const { json } = await get('/things')
    const lines = json.map((row: object) => `${JSON.stringify(row)}\n`).join('')
    const whole = await get('/things', ndjson)
    t.equal(whole.text, lines)
    t.equal(whole.headers['content-disposition'], 'attachment; filename="things.ndjson"')
    t.equal((await get('/things?limit=3', ndjson)).text, lines)
    const none = await get('/things?name=nothing', ndjson)
    t.equal(none.status, 200)
    t.equal(none.text, '')
  },
  { resources: [things] },
)

feature(
  'a page has a tag and links in every format',
  async (t, { get }) => {
    for (const headers of [csv, ndjson]) {
      const page = await get('/things?limit=2', headers)
      t.equal(page.headers['content-disposition'], undefined)
      const next = await get(linksOf(page).next ?? '', headers)
      t.match(next.text, /=1\+1/)
      t.notMatch(next.text, /plain/)
      const tag = String(page.headers.etag)
      t.equal((await get('/things?limit=2', { ...headers, 'if-none-match': tag })).status, 304)
      t.equal((await get('/things?limit=2', { 'if-none-match': tag })).status, 200, 'not of JSON')
      t.equal((await get('/things?limit=2', { ...headers, 'if-match': '"x"' })).status, 412)
      t.equal((await get('/things', { ...headers, 'if-match': '"x"' })).status, 412)
      t.equal((await get('/things', { ...headers, 'if-none-match': '"x"' })).status, 200)
    }
  },
  { resources: [things] },
)

feature(
  'a form for spreadsheets is there for whoever prefers it',
  async (t, { get }) => {
    const prefer = 'csv=spreadsheet'
    for (const url of ['/things?fields=name', '/things?fields=name&limit=10']) {
      const safe = await get(url, { ...csv, prefer })
      t.equal(safe.text, `\uFEFFname\r\n"plain"\r\n"a ""b"", c"\r\n"'=1+1"\r\n`)
      t.equal(safe.headers['preference-applied'], prefer)
    }
    const other = await get('/things?fields=name', { ...ndjson, prefer })
    t.equal(other.headers['preference-applied'], undefined, 'of another format it is not applied')
  },
  { resources: [things] },
)

feature(
  'HEAD reads no rows, and the number of all rows is told to whoever wants it',
  async (t, { get, request }) => {
    const head = await request('HEAD', '/things', { headers: csv })
    const { headers } = await get('/things', csv)
    t.equal(head.status, 200)
    t.equal(head.text, '')
    t.equal(head.headers['content-type'], headers['content-type'])
    t.equal(head.headers['content-disposition'], headers['content-disposition'])
    const counted = await get('/things?sold=true', { ...csv, prefer: 'count=exact' })
    t.equal(counted.headers['x-total-count'], '2')
  },
  { resources: [things] },
)

feature('below a row that is not there nothing is listed', async (t, { get, request }) => {
  for (const headers of [csv, ndjson]) {
    checkProblem(t, 'GET', await get('/events/99/guests', headers), 404)
    t.equal((await request('HEAD', '/events/99/guests', { headers })).status, 404)
    t.equal((await get('/events/1/guests', headers)).status, 200)
    checkProblem(t, 'a parameter', await get('/countries?limit=0', headers), 400)
    checkProblem(t, 'a parameter', await get('/countries?colour=red', headers), 400)
  }
})

const many = 12_345
const numbers = resource('numbers', Type.Object({ value: Type.Integer(), text: Type.String() }), {
  description: 'More rows than one portion',
})

/** `text`: an expression. */
function fillNumbers(store: Service['store'], count: number, text = "'n'"): Promise<void> {
  return store.transact(function* () {
    const next = store.dialect.name === 'sqlite' ? 'value' : 'n.value'
    yield {
      text:
        'insert into numbers (value, text, _rev) with recursive n (value) as (select 1 union all ' +
        `select value + 1 from n where value < ${count}) select ${next}, ${text}, 1 from n`,
      values: [],
    }
  })
}

feature(
  'every row is sent, in the order that is asked for',
  async (t, { get, store }) => {
    await fillNumbers(store, many)
    const values = (text: string) => text.split('\r\n').slice(1, -1).map(Number)
    const all = Array.from({ length: many }, (_, index) => index + 1)
    t.strictSame(values((await get('/numbers?fields=value', csv)).text), all)
    t.strictSame(
      values((await get('/numbers?fields=value&sort=-value', csv)).text),
      all.toReversed(),
    )
    const filtered = await get('/numbers?fields=value&value_gt=12000&text=n', csv)
    t.strictSame(values(filtered.text), all.slice(12_000))
  },
  { resources: [numbers], sample: false },
)

/** Text of more than a portion in each row. */
const large = "replace(hex(zeroblob(30000)), '0', 'x')"
const largeOf = ({ dialect }: Service['store']) =>
  dialect.name === 'sqlite' ? large : "repeat('x', 60000)"

async function listen({ app }: Service): Promise<string> {
  await app.listen({ port: 0, host: '127.0.0.1' })
  return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
}

/** A response of which nothing is read. */
function begin(url: string, headers = csv): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  httpGet(url, { headers, agent: false }, resolve).on('error', reject)
  return promise
}

async function until(t: Test, what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (let left = 200; left > 0; left--) {
    if (await isSo()) return void t.pass(what)
    await pause(50)
  }
  t.fail(what)
}

for (const database of databases) {
  const start = async (t: Test, options = {}) => {
    const url = await database.url(t)
    const service = await startService(t, url, { resources: [numbers], sample: false, ...options })
    await fillNumbers(service.store, 2000, largeOf(service.store))
    return { ...service, base: await listen(service) }
  }

  t.test(
    `only some are read at a time, and one that is given up lets go (${database.name})`,
    async t => {
      const { get, base } = await start(t)
      const most = database.name === 'sqlite' ? maxStreams : 3
      const readers = await Promise.all(
        Array.from({ length: most }, () => begin(`${base}/numbers`)),
      )
      for (const { statusCode } of readers) t.equal(statusCode, 200)
      const refused = await get('/numbers', csv)
      t.equal(refused.status, 503)
      t.equal(refused.headers['retry-after'], '5')
      t.match(problemOf(refused).detail, /limit/)
      t.equal((await get('/numbers?limit=1', csv)).status, 200, 'a page is served')
      readers[0]?.destroy()
      await until(t, 'another one is served', async () => {
        const next = await begin(`${base}/numbers?value_lt=3`)
        next.resume()
        return next.statusCode === 200
      })
      for (const reader of readers) reader.destroy()
    },
  )

  t.test(`all rows are of one state, whatever is written meanwhile (${database.name})`, async t => {
    const { base, delete: remove, post } = await start(t)
    const response = await begin(`${base}/numbers?fields=value,text`)
    t.equal((await remove('/numbers/1999')).status, 204)
    t.equal((await post('/numbers', { value: 2001, text: 'new' })).status, 201)
    let text = ''
    for await (const chunk of response.setEncoding('utf8')) text += chunk
    const lines = text.split('\r\n').slice(1, -1)
    t.equal(lines.length, 2000)
    t.ok(lines[1998]?.startsWith('1999,'))
    t.ok(lines[1999]?.startsWith('2000,'))
  })

  t.test(`a response that breaks off does not look whole (${database.name})`, async t => {
    const { base, store } = await start(t)
    const response = await begin(`${base}/numbers`)
    await store.close()
    const read = async () => {
      for await (const _ of response);
    }
    await t.rejects(read(), { code: 'ECONNRESET' })
  })

  t.test(`who does not read is disconnected (${database.name})`, async t => {
    const { app, base, get } = await start(t, {
      memory: { gracePeriod: 200, check: 50, rate: 1024 * 1024 * 1024 },
    })
    const response = await begin(`${base}/numbers`)
    await until(t, 'the connection is ended', async () => {
      const { promise, resolve } = Promise.withResolvers<number>()
      app.server.getConnections((_, count) => resolve(count))
      return (await promise) === 0
    })
    const read = async () => {
      for await (const _ of response);
    }
    await t.rejects(read(), { code: 'ECONNRESET' })
    t.equal((await get('/numbers?value_lt=3', csv)).status, 200)
  })
}
