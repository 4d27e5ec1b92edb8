// Rows that are received now and stored later (RFC 7240 §4.1, RFC 9110 §15.3.3): 202, an import that says what became of
// them, and all or nothing.

import { endOf, sendLater } from '../support/imports.ts'
import { checkProblem } from '../support/problem.ts'
import { feature, type Service } from '../support/service.ts'

const [ndjson, csv] = ['application/x-ndjson', 'text/csv']

const country = (n: number) => ({ name: `Land ${n}`, capital: `Stadt ${n}`, area: n })
const lines = (rows: readonly unknown[]) => rows.map(row => `${JSON.stringify(row)}\n`).join('')
const many = (count: number) => lines(Array.from({ length: count }, (_, n) => country(n)))

async function countOf(service: Service, url: string): Promise<number> {
  const { headers } = await service.get(`${url}?limit=1`, { prefer: 'count=exact' })
  return Number(headers['x-total-count'])
}

feature('rows are received with 202, and stored later', async (t, service) => {
  const answer = await sendLater(service, '/countries', many(2500))
  t.strictSame(
    [answer.status, answer.headers['preference-applied'], answer.headers['retry-after']],
    [202, 'respond-async', '1'],
  )
  t.match(answer.headers.location, /^\/imports\/\d+$/)
  t.match(answer.json, {
    resource: 'countries',
    format: 'ndjson',
    on_duplicate: 'refuse',
    state: 'waiting',
    size: many(2500).length,
    created: 0,
    ended_at: null,
  })
  const found = await endOf(service, answer)
  t.match(found, { state: 'done', rows_read: 2500, created: 2500, refused: 0, findings: [] })
  t.equal(await countOf(service, '/countries'), 2503)
  t.equal((await service.get(`/imports/${found.id}`)).headers['retry-after'], undefined)
  const { json } = await service.get('/imports')
  t.strictSame(json, [found])
})

feature('CSV is imported, too, and no line is stored where one is wrong', async (t, service) => {
  const body = 'name,capital,area\nA,B,1\nC,D,x\n,E,2\n'
  const found = await endOf(
    service,
    await sendLater(service, '/countries', body, { 'content-type': csv }),
  )
  t.match(found, {
    format: 'csv',
    state: 'failed',
    rows_read: 3,
    created: 0,
    refused: 2,
    detail: 'Request had invalid or missing data.',
    more_findings: 0,
  })
  t.strictSame(found.findings, [
    { line: 3, pointer: '#/area', detail: 'must be integer' },
    { line: 4, pointer: '#/name', detail: 'is required' },
  ])
  t.equal(await countOf(service, '/countries'), 3)
})

feature('what the database refuses names its line, and nothing is stored', async (t, service) => {
  const book = (n: number) => ({ title: 'T', authors: [{ name: 'N' }], isbn13: `978-${1e9 + n}` })
  const rows = Array.from({ length: 300 }, (_, n) => book(n))
  await service.post('/books', book(250))
  const before = await countOf(service, '/books')
  const found = await endOf(service, await sendLater(service, '/books', lines(rows)))
  t.match(found, { state: 'failed', refused: 1, created: 0 })
  t.strictSame(found.findings, [{ line: 251, pointer: '#/isbn13', detail: 'is taken' }])
  t.equal(await countOf(service, '/books'), before)
  const url = '/books?on_duplicate=skip'
  const skipped = await endOf(service, await sendLater(service, url, lines(rows)))
  t.match(skipped, { state: 'done', on_duplicate: 'skip', created: 299, skipped: 1 })
  t.equal(await countOf(service, '/books'), before + 299)
})

feature('a repeated request is received once', async (t, service) => {
  const key = { 'idempotency-key': 'once' }
  const first = await sendLater(service, '/countries', many(10), key)
  const second = await sendLater(service, '/countries', many(10), key)
  t.strictSame(
    [second.status, second.headers.location, second.headers['idempotent-replayed']],
    [202, first.headers.location, 'true'],
  )
  checkProblem(t, 'POST', await sendLater(service, '/countries', many(11), key), 422)
  await endOf(service, first)
  t.equal(await countOf(service, '/countries'), 13)
  t.equal(((await service.get('/imports')).json as object[]).length, 1)
})

feature('what is no text of rows is refused at once', async (t, service) => {
  checkProblem(t, 'POST', await sendLater(service, '/countries', 'a\0b'), 400)
  const body = Buffer.from([0xff, 0xfe])
  const headers = { 'content-type': ndjson, prefer: 'respond-async' }
  checkProblem(t, 'POST', await service.request('POST', '/countries', { body, headers }), 400)
  checkProblem(t, 'POST', await sendLater(service, '/countries?on_duplicate=x', many(1)), 400)
  checkProblem(t, 'POST', await sendLater(service, '/countries', many(1), { accept: csv }), 406)
  t.strictSame((await service.get('/imports')).json, [])
})

feature('one row in JSON is stored at once, whatever its sender prefers', async (t, service) => {
  const answer = await service.post('/countries', country(1), { prefer: 'respond-async' })
  t.strictSame([answer.status, answer.headers['preference-applied']], [201, undefined])
})

feature('the record of an import can be deleted; its rows stay', async (t, service) => {
  const answer = await sendLater(service, '/countries', many(3))
  const { id } = await endOf(service, answer)
  t.equal((await service.delete(`/imports/${id}`)).status, 204)
  checkProblem(t, 'GET', await service.get(`/imports/${id}`), 404)
  t.equal(await countOf(service, '/countries'), 6)
})
