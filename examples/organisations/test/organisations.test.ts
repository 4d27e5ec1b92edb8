import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { testService } from 'restwell/test'

const service = await testService({ database: process.env.TEST_DATABASE_URL })
after(() => service.close())

const names = ['organisations', 'memberships', 'invitations', 'projects', 'entries']
const scopes = names.flatMap(name => [`${name}:read`, `${name}:write`])
const [ada, bob, eve] = ['ada', 'bob', 'eve'].map(id => service.as({ id, scopes })) as [
  typeof service.anonymous,
  typeof service.anonymous,
  typeof service.anonymous,
]

/** Ada's organisation, in which Bob is a reader. Eve has one of her own. */
async function found(name: string): Promise<number> {
  const { json } = await ada.post('/organisations', { name })
  await ada.post(`/organisations/${json.id}/memberships`, { member: 'bob' })
  await eve.post('/organisations', { name: `Not ${name}` })
  return json.id
}

test('members see their organisation, and nobody else does', async () => {
  const id = await found('Lantern')
  const { json: project } = await ada.post('/projects', { organisation_id: id, name: 'Lamp' })
  for (const member of [ada, bob])
    assert.equal((await member.get(`/projects/${project.id}`)).json.name, 'Lamp')
  for (const url of [
    `/organisations/${id}`,
    `/organisations/${id}/projects`,
    `/projects/${project.id}`,
  ])
    assert.equal((await eve.get(url)).status, 404, url)
  assert.deepEqual((await eve.get(`/projects?organisation_id=${id}`)).json, [])
  const intruded = await eve.post('/projects', { organisation_id: id, name: 'Mine' })
  assert.equal(intruded.status, 409)
})

test('what a member may do depends on the role', async () => {
  const id = await found('Candle')
  const wanted = { organisation_id: id, name: 'Wax' }
  assert.match((await bob.post('/projects', wanted)).json.detail, /admin or editor/)
  const memberships = await ada.get(`/organisations/${id}/memberships?member=bob`)
  const [{ id: bobs }] = memberships.json
  assert.equal((await bob.patch(`/memberships/${bobs}`, { role: 'admin' })).status, 403)
  assert.equal((await ada.patch(`/memberships/${bobs}`, { role: 'editor' })).status, 200)
  assert.equal((await bob.post('/projects', wanted)).status, 201)
})

test('an invited caller joins, and nobody else does', async () => {
  const id = await found('Spark')
  const wanted = { organisation_id: id, member: 'eve', role: 'editor' }
  assert.equal((await bob.post('/invitations', wanted)).status, 403)
  const { json: invitation } = await ada.post('/invitations', wanted)
  const accept = `/invitations/${invitation.id}/accept`
  assert.equal((await bob.post(accept, undefined)).status, 404)
  assert.equal((await ada.post(accept, undefined)).status, 403)
  assert.equal((await eve.post('/memberships', { ...wanted, role: 'admin' })).status, 409)

  assert.equal((await eve.post(accept, undefined)).status, 200)
  assert.equal((await eve.post('/projects', { organisation_id: id, name: 'Flint' })).status, 201)
  assert.equal((await eve.post(accept, undefined)).status, 404, 'once')
})

test('an invitation holds for a week', async () => {
  const id = await found('Ember')
  const { json } = await ada.post('/invitations', { organisation_id: id, member: 'eve' })
  service.clock.advance(7 * 24 * 60 * 60 * 1000)
  const late = await eve.post(`/invitations/${json.id}/accept`, undefined)
  assert.deepEqual([late.status, late.json.detail], [409, 'It has expired.'])
  assert.equal((await eve.delete(`/invitations/${json.id}`)).status, 204, 'declined')
})

test('an organisation keeps an admin', async () => {
  const id = await found('Torch')
  const [{ id: adas }] = (await ada.get(`/organisations/${id}/memberships?member=ada`)).json
  assert.equal((await ada.delete(`/memberships/${adas}`)).status, 409)
  assert.equal((await ada.patch(`/memberships/${adas}`, { role: 'reader' })).status, 409)
})

test('admins read who changed what, and nobody writes that', async () => {
  const id = await found('Beacon')
  await ada.post(`/organisations/${id}/projects`, { name: 'Tower' })
  const { json } = await ada.get(`/organisations/${id}/entries`)
  assert.deepEqual(
    json.map(({ who, what }: { who: string; what: string }) => `${who} ${what}`),
    ['ada founded Beacon', 'ada made bob reader', 'ada created the project Tower'],
  )
  assert.deepEqual((await bob.get(`/organisations/${id}/entries`)).json, [])
  assert.equal((await ada.request('POST', '/entries', { json: {} })).status, 405)
})

test('a budget is for callers with its scope', async () => {
  const id = await found('Match')
  const accountant = service.as({ id: 'ada', scopes: [...scopes, 'projects:budget'] })
  const { json } = await accountant.post(`/organisations/${id}/projects`, {
    name: 'Box',
    budget: 900,
  })
  assert.equal((await accountant.get(`/projects/${json.id}`)).json.budget, 900)
  assert.equal('budget' in (await ada.get(`/projects/${json.id}`)).json, false)
  assert.equal((await ada.patch(`/projects/${json.id}`, { budget: 1 })).status, 403)
})
