import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { testService } from 'restwell/test'

const service = await testService({
  now: '2030-01-01T08:00:00Z',
  database: process.env.TEST_DATABASE_URL,
})
after(() => service.close())

const scopes = ['rooms:read', 'bookings:read', 'bookings:write']
const ada = service.as({ id: 'ada', scopes })
const bob = service.as({ id: 'bob', scopes })

/** A booking of the first of January. */
const at = (room_id: number, from: string, to: string) => ({
  room_id,
  title: 'Planning',
  starts_at: `2030-01-01T${from}:00.000Z`,
  ends_at: `2030-01-01T${to}:00.000Z`,
})

async function room(name: string, seats = 8): Promise<number> {
  return (await service.post('/rooms', { name, seats })).json.id
}

test('of many who want a room at once, one gets it', async () => {
  const id = await room('Attic')
  const wanted = Array.from({ length: 20 }, (_, index) =>
    (index % 2 ? ada : bob).post('/bookings', at(id, '09:00', '10:00')),
  )
  const statuses = (await Promise.all(wanted)).map(({ status }) => status).sort()
  assert.deepEqual(statuses, [201, ...Array(19).fill(409)])
  assert.equal((await ada.post('/bookings', at(id, '10:00', '11:00'))).status, 201, 'next to it')
  assert.equal((await bob.post('/bookings', at(id, '10:30', '11:30'))).status, 409)
})

test('callers see their own bookings', async () => {
  const id = await room('Cellar')
  const { json } = await ada.post(`/rooms/${id}/bookings`, at(id, '09:00', '10:00'))
  assert.equal((await bob.get(`/bookings/${json.id}`)).status, 404)
  assert.deepEqual((await bob.get(`/rooms/${id}/bookings`)).json, [])
  assert.equal((await bob.request('POST', `/bookings/${json.id}/cancel`)).status, 404)
  const caretaker = service.as({ id: 'eve', scopes: [...scopes, 'bookings:admin'] })
  assert.equal((await caretaker.get(`/bookings/${json.id}`)).json.booked_by, 'ada')
  const moved = await caretaker.patch(`/bookings/${json.id}`, { booked_by: 'bob' })
  assert.equal(moved.status, 200)
  assert.equal((await bob.get(`/bookings/${json.id}`)).json.title, 'Planning')
  const own = await ada.post('/bookings', at(id, '11:00', '12:00'))
  assert.equal((await ada.patch(`/bookings/${own.json.id}`, { booked_by: 'bob' })).status, 403)
})

test('a booking that is cancelled makes room for another', async () => {
  const id = await room('Garden')
  const { json } = await ada.post('/bookings', at(id, '09:00', '10:00'))
  assert.equal((await ada.request('POST', `/bookings/${json.id}/cancel`)).json.state, 'cancelled')
  assert.equal((await ada.request('POST', `/bookings/${json.id}/cancel`)).status, 409)
  assert.equal((await bob.post('/bookings', at(id, '09:30', '10:30'))).status, 201)
})

test('a booking ends after it begins, and does not begin in the past', async () => {
  const id = await room('Library')
  const wrong = await ada.post('/bookings', at(id, '10:00', '09:00'))
  assert.deepEqual([wrong.status, wrong.json.errors[0].pointer], [422, '#/ends_at'])
  const late = await ada.post('/bookings', at(id, '07:00', '09:00'))
  assert.deepEqual([late.status, late.json.errors[0].pointer], [422, '#/starts_at'])
})

test('everyone finds the rooms that are free', async () => {
  const [small, large] = [await room('Niche', 90), await room('Hall', 100)]
  await ada.post('/bookings', at(small, '09:00', '10:00'))
  const free = async (from: string, to: string) => {
    const span = `from=2030-01-01T${from}:00Z&to=2030-01-01T${to}:00Z`
    const { json } = await service.anonymous.get(`/rooms/free?${span}&seats=90`)
    return json.map(({ id }: { id: number }) => id)
  }
  assert.deepEqual(await free('09:30', '11:00'), [large])
  assert.deepEqual(await free('10:00', '11:00'), [small, large])
})

test('a booking is repeated at the same time of the day, every week or not at all', async () => {
  const id = await room('Terrace')
  const winter = {
    ...at(id, '09:00', '10:00'),
    starts_at: '2030-03-25T08:00:00.000Z',
    ends_at: '2030-03-25T09:00:00.000Z',
  }
  const { json } = await ada.post('/bookings', winter)
  const repeated = await ada.post(`/bookings/${json.id}/repeat`, { weeks: 2 })
  assert.equal(repeated.json.ids.length, 2)
  const { json: all } = await ada.get(`/rooms/${id}/bookings?sort=starts_at`)
  assert.deepEqual(
    all.map((booking: { starts_at: string }) => booking.starts_at),
    ['2030-03-25T08:00:00.000Z', '2030-04-01T07:00:00.000Z', '2030-04-08T07:00:00.000Z'],
    'nine in the morning, before and after the clocks change',
  )
  assert.ok(all.every((booking: { booked_by: string }) => booking.booked_by === 'ada'))

  const other = {
    ...winter,
    starts_at: '2030-05-13T07:00:00.000Z',
    ends_at: '2030-05-13T08:00:00.000Z',
  }
  await bob.post('/bookings', {
    ...other,
    starts_at: '2030-05-20T07:30:00.000Z',
    ends_at: '2030-05-20T08:30:00.000Z',
  })
  const first = (await ada.post('/bookings', other)).json.id
  assert.equal((await ada.post(`/bookings/${first}/repeat`, { weeks: 3 })).status, 409)
  const { json: none } = await ada.get(`/bookings?starts_at_gt=2030-05-13T07:00:00.000Z`)
  assert.deepEqual(none, [], 'no week is booked where one is taken')
})
