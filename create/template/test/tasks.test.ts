import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { testService } from 'restwell/test'

const service = await testService({ sample: false })
after(() => service.close())

test('a task is open until it is done, and then stays done', async () => {
  const created = await service.post('/tasks', { title: 'Write the first test' })
  assert.equal(created.status, 201)
  assert.equal(created.json.state, 'open')

  const address = `/tasks/${created.json.id}`
  assert.equal((await service.patch(address, { state: 'done' })).status, 200)

  const refused = await service.patch(address, { state: 'open' })
  assert.equal(refused.status, 409)
  assert.equal(refused.json.detail, 'A task that is done stays done.')
})

test('who may only read cannot write', async () => {
  const reader = service.as({ scopes: ['tasks:read'] })
  assert.equal((await reader.get('/tasks')).status, 200)
  assert.equal((await reader.post('/tasks', { title: 'Mine' })).status, 403)
  assert.equal((await service.anonymous.get('/tasks')).status, 401)
})
