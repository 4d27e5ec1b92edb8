// What belongs to somebody else is not there: in no way can one caller tell another's row from none.

import { type Holder, holder } from '../support/access.ts'
import { owned } from '../support/owned.ts'
import { feature, problemOf, type Received, type Service } from '../support/service.ts'

const options = { resources: owned, access: { required: true, publicRead: new Set<string>() } }

const scopes = ['folders', 'notes', 'remarks'].flatMap(name => [`${name}:read`, `${name}:write`])

interface Scene {
  readonly ada: Holder
  readonly bob: Holder
  readonly root: Holder
  /** As Ada got it. */
  readonly note: Received
}

/** Ada has folder 1 with note 1, Bob folder 2 with note 2; both are called the same. */
async function scene({ store, post }: Service): Promise<Scene> {
  const [ada, bob, root] = [
    await holder(store, scopes),
    await holder(store, scopes),
    await holder(store, ['*']),
  ]
  const notes: Received[] = []
  for (const [index, { headers }] of [ada, bob].entries()) {
    await post('/folders', { title: 'Garden' }, headers)
    notes.push(await post(`/folders/${index + 1}/notes`, { title: 'Tulips' }, headers))
  }
  return { ada, bob, root, note: notes[0] as Received }
}

/** Every request that could touch note 1 and folder 1, and what it gets where they are not. */
const attempts: readonly [method: string, url: string, json?: unknown][] = [
  ['GET', '/notes/1'],
  ['HEAD', '/notes/1'],
  ['GET', '/notes/1?fields=id'],
  ['PUT', '/notes/1', { folder_id: 2, title: 'Mine' }],
  ['PATCH', '/notes/1', { title: 'Mine' }],
  ['DELETE', '/notes/1'],
  ['GET', '/notes/1/length'],
  ['GET', '/folders/1'],
  ['PUT', '/folders/1', { title: 'Mine' }],
  ['PATCH', '/folders/1', { title: 'Mine' }],
  ['DELETE', '/folders/1'],
  ['GET', '/folders/1/notes'],
  ['GET', '/folders/1/notes?title=Tulips'],
  ['POST', '/folders/1/notes', { title: 'Mine' }],
  ['GET', '/folders/1/notes/1'],
  ['GET', '/folders/1/notes/2'],
  ['GET', '/folders/2/notes/1'],
  ['PUT', '/folders/1/notes/1', { folder_id: 1, title: 'Mine' }],
  ['PATCH', '/folders/1/notes/1', { title: 'Mine' }],
  ['DELETE', '/folders/1/notes/1'],
  ['GET', '/folders/1/remarks'],
  ['POST', '/folders/1/remarks', { text: 'Mine' }],
  ['GET', '/folders/1/remarks/1'],
  ['PATCH', '/folders/1/remarks/1', { text: 'Mine' }],
  ['DELETE', '/folders/1/remarks/1'],
]

/** The same request for rows that nobody has. */
const nowhere = (url: string) => url.replaceAll(/\/1(?![\d])/g, '/999')

feature(
  "another's row is answered as one that is not there",
  async (t, service) => {
    const { ada, bob, note } = await scene(service)
    await service.post('/remarks', { folder_id: 1, text: 'Hello' }, ada.headers)
    for (const preconditions of [
      {},
      { 'if-match': note.headers.etag ?? '' },
      { 'if-match': '"0"' },
      { 'if-none-match': note.headers.etag ?? '' },
    ])
      for (const [method, url, json] of attempts) {
        const send = (address: string) =>
          service.request(method, address, {
            json,
            headers: { ...bob.headers, ...(preconditions as object) },
          })
        const [answer, none] = [await send(url), await send(nowhere(url))]
        const at = `${method} ${url} ${JSON.stringify(preconditions)}`
        t.equal(answer.status, 404, at)
        if (method !== 'HEAD')
          t.strictSame(problemOf(answer), problemOf(none), `${at}: as if there were none`)
      }
    const after = await service.get('/notes/1', ada.headers)
    t.strictSame(
      [after.text, after.headers.etag],
      [note.text, note.headers.etag],
      'nothing was changed',
    )
    t.equal((await service.get('/folders', ada.headers)).json.length, 1)
  },
  options,
)

feature(
  'lists, counts and filters know of own rows only',
  async (t, service) => {
    const { ada, bob } = await scene(service)
    for (const [mine, { headers }] of [
      [1, ada],
      [2, bob],
    ] as const) {
      for (const url of [
        '/notes',
        '/notes?title=Tulips',
        '/notes?id_gte=0',
        `/folders/${mine}/notes`,
        '/notes?sort=-title',
      ]) {
        const answer = await service.get(url, { ...headers, prefer: 'count=exact' })
        t.strictSame(
          answer.json.map(({ id }: { id: number }) => id),
          [mine],
          url,
        )
        t.equal(answer.headers['x-total-count'], '1', url)
      }
      t.strictSame((await service.get(`/notes?id=${3 - mine}`, headers)).json, [])
      t.strictSame((await service.get(`/notes?folder_id=${3 - mine}`, headers)).json, [])
    }
    const [one, other] = [
      await service.get('/notes?id=7', ada.headers),
      await service.get('/notes?id=7', bob.headers),
    ]
    t.equal(one.text, other.text)
  },
  options,
)

feature(
  "a cursor of another's list shows its bearer their own rows",
  async (t, service) => {
    const { ada, bob } = await scene(service)
    await service.post('/notes', { folder_id: 1, title: 'Roses' }, ada.headers)
    const { headers } = await service.get('/notes?limit=1', ada.headers)
    const next = /<([^>]*)>; rel="next"/.exec(headers.link ?? '')?.[1] ?? ''
    t.equal((await service.get(next, ada.headers)).json.length, 1)
    t.strictSame(
      (await service.get(next, bob.headers)).json.map(({ id }: { id: number }) => id),
      [2],
    )
  },
  options,
)

feature(
  'unique values are unique among the rows of one owner',
  async (t, service) => {
    const { ada, bob } = await scene(service)
    t.equal(
      (await service.post('/folders', { title: 'Garden' }, bob.headers)).status,
      409,
      'her own',
    )
    t.equal((await service.post('/folders', { title: 'House' }, ada.headers)).status, 201)
    const created = await service.post('/folders', { title: 'House' }, bob.headers)
    t.equal(created.status, 201, 'and nothing is said of others')
    const twice = await service.post('/folders', { title: 'House' }, bob.headers)
    t.strictSame(twice.json.errors, [{ pointer: '#/title', detail: 'is taken' }])
    t.equal((await service.patch('/folders/2', { title: 'House' }, bob.headers)).status, 409)
  },
  options,
)

feature(
  'nobody chooses the key of a row with an owner: one that is taken would tell of it',
  async (t, { post, store }) => {
    const { headers } = await holder(store, ['*'])
    const answer = await post('/folders', { id: 7, title: 'Garden' }, headers)
    t.strictSame(
      [answer.status, answer.json.errors],
      [422, [{ pointer: '#/id', detail: 'is not a known member' }]],
    )
  },
  options,
)

feature(
  "a reference to another's row is refused like one to no row",
  async (t, service) => {
    const { bob } = await scene(service)
    const table: [method: string, url: string, body: (folder: number) => object][] = [
      ['POST', '/notes', folder_id => ({ folder_id, title: 'Mine' })],
      ['PUT', '/notes/2', folder_id => ({ folder_id, title: 'Mine' })],
      ['PATCH', '/notes/2', folder_id => ({ folder_id })],
      ['POST', '/remarks', folder_id => ({ folder_id, text: 'Mine' })],
    ]
    for (const [method, url, body] of table) {
      const send = (folder: number) =>
        service.request(method, url, { json: body(folder), headers: bob.headers })
      const [answer, none] = [await send(1), await send(999)]
      t.equal(answer.status, 409, `${method} ${url}`)
      t.strictSame(problemOf(answer), problemOf(none), 'as if there were none')
    }
    t.equal((await service.patch('/notes/2', { folder_id: 2 }, bob.headers)).status, 200)
  },
  options,
)

feature(
  'an Idempotency-Key is its caller’s own',
  async (t, service) => {
    const { ada, bob } = await scene(service)
    const send = ({ headers }: Holder) =>
      service.post('/folders', { title: 'Cellar' }, { ...headers, 'idempotency-key': 'one' })
    const [first, again, other] = [await send(ada), await send(ada), await send(bob)]
    t.strictSame([first.status, again.status, other.status], [201, 201, 201])
    t.strictSame([again.text, again.headers['idempotent-replayed']], [first.text, 'true'])
    t.not(other.text, first.text)
    t.equal(other.headers['idempotent-replayed'], undefined)
  },
  options,
)

feature(
  'callers who administer the resource see the rows of all owners, and the rows keep their owners',
  async (t, service) => {
    const { ada, bob, root } = await scene(service)
    const admin = await holder(service.store, ['notes:read', 'notes:write', 'notes:admin'])
    for (const { headers } of [root, admin])
      t.equal((await service.get('/notes', headers)).json.length, 2)
    t.equal((await service.get('/folders', root.headers)).json.length, 2)
    t.equal((await service.get('/folders', admin.headers)).status, 403, 'of that resource only')
    t.equal(
      (await service.get('/folders/1/notes', admin.headers)).status,
      404,
      'and not below what it does not see',
    )
    t.equal((await service.patch('/notes/1', { rank: 7 }, admin.headers)).status, 200)
    t.equal((await service.get('/notes/1', ada.headers)).json.rank, 7)
    t.equal((await service.get('/notes/1', bob.headers)).status, 404)
  },
  options,
)

feature(
  'a new key has none of the rows of another, whatever it may do',
  async (t, service) => {
    const { ada } = await scene(service)
    const other = await holder(service.store, scopes)
    t.strictSame((await service.get('/notes', other.headers)).json, [])
    t.equal((await service.get('/notes', ada.headers)).json.length, 1)
  },
  options,
)

feature(
  'on an open service the rows are one and the same for all',
  async (t, { get, post }) => {
    t.equal(
      (await post('/folders', { title: 'Garden' }, { authorization: 'Bearer a' })).status,
      201,
    )
    t.equal((await post('/folders', { title: 'Garden' })).status, 409)
    t.equal((await get('/folders', { authorization: 'Bearer b' })).json.length, 1)
  },
  { resources: owned },
)
