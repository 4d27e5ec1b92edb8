// The exchanges of the tutorials that the shipped resources come from, to the letter.

import type { Test } from 'tap'
import { feature, type Service } from '../support/service.ts'

const options = { schemas: 'schemas' }

/** An exchange with a service of the shipped resources. */
function tutorial(name: string, run: (t: Test, service: Service) => Promise<void>): void {
  feature(name, run, options)
}

tutorial('todos answer as in the tutorial', async (t, { get, post, put, patch }) => {
  const first = await get('/todos/1')
  t.equal(first.status, 200)
  t.strictSame(first.json, { userId: 1, id: 1, title: 'delectus aut autem', completed: false })

  const created = await post('/todos', { userId: 1, title: 'Buy milk', completed: false })
  t.equal(created.status, 201)
  t.strictSame(created.json, { id: 201, userId: 1, title: 'Buy milk', completed: false })
  t.equal(created.headers.location, '/todos/201')

  const replaced = await put('/todos/10', { userId: 1, title: 'Buy bread', completed: true })
  t.equal(replaced.status, 200)
  t.strictSame(replaced.json, { id: 10, userId: 1, title: 'Buy bread', completed: true })

  const patched = await patch('/todos/10', { title: 'Buy cheese' })
  t.equal(patched.status, 200)
  t.strictSame(patched.json, { id: 10, userId: 1, title: 'Buy cheese', completed: true })
})

tutorial('there are 200 todos, ten to a user, and the tenth is completed', async (t, { get }) => {
  const { json: todos } = await get('/todos?limit=1000')
  t.equal(todos.length, 200)
  t.equal(todos[9].completed, true)
  const perUser = new Map<number, number>()
  for (const { userId } of todos) perUser.set(userId, (perUser.get(userId) ?? 0) + 1)
  t.strictSame([...new Set(perUser.values())], [10])
})

tutorial('cars are created, deleted and gone', async (t, service) => {
  const created = await service.post('/cars', { make: 'Nissan', model: '240SX', color: 'Blue' })
  t.equal(created.headers.location, '/cars/4')
  t.strictSame(created.json, {
    id: 4,
    make: 'Nissan',
    model: '240SX',
    year: null,
    vin: null,
    color: 'Blue',
  })

  const deleted = await service.delete('/cars/4')
  t.equal(deleted.status, 204)
  t.equal(deleted.text, '')
  t.equal((await service.delete('/cars/4')).status, 404)
  t.equal((await service.get('/cars/4')).status, 404)
})

tutorial('a car may be created under a key of the client, once', async (t, { post, put }) => {
  const car = { id: 101, model: 'Honda', color: 'White' }
  t.equal((await post('/cars', car)).status, 201)
  const again = await post('/cars', car)
  t.equal(again.status, 409)
  t.strictSame(again.json.errors, [{ pointer: '#/id', detail: 'is taken' }])

  const replaced = await put('/cars/101', { id: 101, model: 'New Honda', color: 'New Black' })
  t.equal(replaced.status, 200)
  t.strictSame(replaced.json, {
    id: 101,
    make: null,
    model: 'New Honda',
    year: null,
    vin: null,
    color: 'New Black',
  })
})

tutorial('countries are created with the next id', async (t, { post }) => {
  const { status, json } = await post('/countries', {
    name: 'Germany',
    capital: 'Berlin',
    area: 357022,
  })
  t.equal(status, 201)
  t.strictSame(json, { id: 4, name: 'Germany', capital: 'Berlin', area: 357022 })
})

tutorial(
  'what is wrong is said in the words of the tutorials',
  async (t, { get, post, put, request }) => {
    const missing = await get('/motorcycles')
    t.equal(missing.status, 404)
    t.equal(missing.json.error, 'The requested resource was not found.')

    const cut = await request('POST', '/cars', {
      body: '{"make":"Nissan","model":',
      headers: { 'content-type': 'application/json' },
    })
    t.equal(cut.status, 400)
    t.equal(cut.json.error, 'This request was not properly formatted. Please send again.')

    const xml = await request('POST', '/cars', {
      body: '<car/>',
      headers: { 'content-type': 'application/xml' },
    })
    t.equal(xml.status, 415)
    t.equal(xml.json.error, 'The application/xml mediatype is not supported.')

    const wrong = await post('/cars', {
      make: 'Nissan',
      model: '240SX',
      topSpeed: 120,
      warrantyLength: 10,
    })
    t.equal(wrong.status, 422)
    t.equal(wrong.json.error, 'Request had invalid or missing data.')
    t.strictSame(wrong.json.errors, [
      { pointer: '#/color', detail: 'is required' },
      { pointer: '#/topSpeed', detail: 'is not a known member' },
      { pointer: '#/warrantyLength', detail: 'is not a known member' },
    ])

    const noArea = await post('/countries', { name: 'Germany', capital: 'Berlin' })
    t.equal(noArea.status, 422)
    t.strictSame(noArea.json.errors, [{ pointer: '#/area', detail: 'is required' }])

    const text = await post('/countries', { name: 'Germany', capital: 'Berlin', area: '12' })
    t.equal(text.status, 422)
    t.strictSame(text.json.errors, [{ pointer: '#/area', detail: 'must be integer' }])

    const notHere = await put('/cars', {})
    t.equal(notHere.status, 405)
    t.equal(notHere.headers.allow, 'GET, HEAD, POST, OPTIONS')
  },
)

tutorial('tasks show their description alone, and are marked when deleted', async (t, service) => {
  const { json: list } = await service.get('/tasks/')
  t.strictSame(list, [
    { id: 3643, summary: 'Wash car' },
    { id: 3697, summary: 'Visit gym' },
    { id: 3792, summary: 'Get milk' },
  ])
  const one = await service.get('/tasks/3792/')
  t.strictSame(one.json, {
    id: 3792,
    summary: 'Get milk',
    description: 'Need to get a half gallon of organic 2% milk.',
  })

  const created = await service.post('/tasks/', { summary: 'Take out trash', description: '' })
  t.equal(created.status, 201)
  t.strictSame(created.json, { id: 3793, summary: 'Take out trash', description: '' })
  t.equal(created.headers.location, '/tasks/3793')

  t.equal((await service.delete('/tasks/3643')).status, 204)
  t.equal((await service.get('/tasks/3643')).status, 404)
  t.equal((await service.delete('/tasks/3643')).status, 404)
  t.equal((await service.patch('/tasks/3643', { summary: 'Again' })).status, 404)
  t.notOk((await service.get('/tasks')).json.some(({ id }: { id: number }) => id === 3643))
  const kept = await service.store.query({
    text: 'select "id", "summary" from "tasks" where "id" = 3643',
    values: [],
  })
  t.strictSame(kept, [[3643, 'Wash car']])
})

tutorial('a user is put under a name of the client', async (t, { put, get }) => {
  const created = await put('/users/grace', { name: 'Grace H.' })
  t.equal(created.status, 201)
  t.equal(created.headers.location, '/users/grace')
  const { created_at: createdAt, ...rest } = created.json
  t.strictSame(rest, { username: 'grace', name: 'Grace H.', email: null, bio: null })
  t.match(createdAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)

  const replaced = await put('/users/grace', {
    bio: 'Wrote the first program',
    created_at: createdAt,
  })
  t.equal(replaced.status, 200)
  t.strictSame((await get('/users/grace')).json, {
    username: 'grace',
    name: null,
    email: null,
    bio: 'Wrote the first program',
    created_at: createdAt,
  })
})

tutorial('guests are reached flat and below their event', async (t, { get, post }) => {
  const flat = await get('/guests?event_id=23')
  const nested = await get('/events/23/guests')
  t.ok(flat.json.length > 0)
  t.strictSame(flat.json, nested.json)
  t.equal((await get('/events/999/guests')).status, 404)

  const invited = await post('/events/23/guests', { name: 'Ada', email: 'g.h@example.com' })
  t.equal(invited.status, 201)
  const { id, ...guest } = invited.json
  t.strictSame(guest, {
    event_id: 23,
    name: 'Ada',
    email: 'g.h@example.com',
    status: 'invited',
    plus_ones: 0,
  })
  t.equal(invited.headers.location, `/events/23/guests/${id}`)
  t.strictSame((await get(`/guests/${id}`)).json, invited.json)

  t.equal((await post('/events/23/guests', { name: 'Ada', email: 'g.h@example.com' })).status, 409)
  t.equal(
    (await post('/events/23/guests', { event_id: 1, name: 'A', email: 'a@example.com' })).status,
    409,
  )
  t.equal((await post('/events/1/guests', { name: 'Ada', email: 'g.h@example.com' })).status, 201)
})

tutorial('a parent with children is not deleted', async (t, service) => {
  const refused = await service.delete('/events/23')
  t.equal(refused.status, 409)
  t.equal(refused.json.detail, 'It cannot be deleted while guests refer to it.')
  t.equal((await service.get('/events/23')).status, 200)
})

tutorial(
  'the pinned address reaches the same and answers with itself',
  async (t, { get, post }) => {
    const pinned = await get('/v1/todos?limit=2')
    t.strictSame(pinned.json, (await get('/todos?limit=2')).json)
    t.match(pinned.headers.link, '</v1/todos?limit=2>; rel="first"')
    const created = await post('/v1/countries', {
      name: 'Germany',
      capital: 'Berlin',
      area: 357022,
    })
    t.equal(created.headers.location, '/v1/countries/4')
    t.equal((await get('/v1x/todos')).status, 404)
  },
)
