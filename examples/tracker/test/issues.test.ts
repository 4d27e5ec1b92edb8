import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { testService } from 'restwell/test'

const service = await testService({
  now: '2030-01-01T09:00:00Z',
  database: process.env.TEST_DATABASE_URL,
})
after(() => service.close())
await service.post('/projects', { code: 'WEB', name: 'The web site' })
await service.post('/projects', { code: 'APP', name: 'The app' })

test('issues are numbered in their project, also when many are created at once', async () => {
  const titles = Array.from({ length: 20 }, (_, index) => `Issue ${index}`)
  const created = await Promise.all(
    titles.map(title => service.post('/projects/WEB/issues', { title })),
  )
  const numbers = created.map(({ json }) => json.number).sort((one, other) => one - other)
  assert.deepEqual(
    numbers,
    titles.map((_, index) => index + 1),
  )
  const first = await service.post('/issues', { project: 'APP', title: 'Its first' })
  assert.equal(first.json.code, 'APP-1')
})

test('an issue is closed and opened by actions, and by nothing else', async () => {
  const { json: issue } = await service.post('/issues', { project: 'APP', title: 'Slow' })
  assert.equal((await service.patch(`/issues/${issue.id}`, { state: 'closed' })).status, 422)

  service.clock.advance(60_000)
  const closed = await service.post(`/issues/${issue.id}/close`, { comment: 'Fast now.' })
  assert.equal(closed.json.closed_at, '2030-01-01T09:01:00.000Z')
  const { json: comments } = await service.get(`/issues/${issue.id}/comments`)
  assert.deepEqual(
    comments.map(({ text }: { text: string }) => text),
    ['Fast now.'],
  )

  const again = await service.post(`/issues/${issue.id}/close`, {})
  assert.equal(again.json.detail, 'The issue is closed.')
  const open = await service.post(`/issues/${issue.id}/reopen`, undefined)
  assert.deepEqual([open.json.state, open.json.closed_at], ['open', null])
})

test('issues are found by label, by assignee, and by the day they are due', async () => {
  const { json: label } = await service.post('/labels', { name: 'bug', color: '#d73a4a' })
  const { json: ada } = await service.post('/people', { name: 'Ada', email: 'ada@example.com' })
  const issue = {
    project: 'APP',
    title: 'Blank',
    labels: [label.id],
    assignee_id: ada.id,
    due: '2029-12-24',
  }
  const { json: created } = await service.post('/issues', issue)
  for (const query of [`labels=${label.id}`, 'assignee_name=Ada', 'due_lt=2030-01-01'])
    assert.equal((await service.get(`/issues?${query}`)).json[0].id, created.id, query)
  const late = [{ id: created.id, title: 'Blank', due: '2029-12-24' }]
  assert.deepEqual((await service.get('/issues/overdue?day=2030-01-01')).json, late)

  await service.delete(`/labels/${label.id}`)
  await service.delete(`/people/${ada.id}`)
  const { json: left } = await service.get(`/issues/${created.id}`)
  assert.deepEqual([left.labels, left.assignee_name], [[], null])
})

test('issues are found by their words, those that have them in the title first', async () => {
  await service.post('/issues', { project: 'APP', title: 'Odd', text: 'Search shows an error' })
  await service.post('/issues', {
    project: 'APP',
    title: 'Errors of the search',
    text: 'Sometimes',
  })
  for (const words of ['search err*', 'searches error', 'showing errors']) {
    const { json } = await service.get(`/issues?q=${encodeURIComponent(words)}&project=APP`)
    assert.deepEqual(
      json.map(({ title }: { title: string }) => title),
      words.startsWith('show') ? ['Odd'] : ['Errors of the search', 'Odd'],
    )
  }
})

test('a team has a lead, who is in a team', async () => {
  const { json: grace } = await service.post('/people', {
    name: 'Grace',
    email: 'grace@example.com',
  })
  const { json: team } = await service.post('/teams', { name: 'Mail', lead_id: grace.id })
  assert.equal(team.lead_name, 'Grace')
  await service.patch(`/people/${grace.id}`, { team_id: team.id })
  assert.equal((await service.get(`/teams/${team.id}/people`)).json[0].name, 'Grace')

  await service.delete(`/people/${grace.id}`)
  assert.equal((await service.get(`/teams/${team.id}`)).json.lead_id, null)
})

test('a project counts its issues by state', async () => {
  const { json: states } = await service.get('/issues/summary?project=WEB&group_by=state')
  assert.deepEqual(states, [{ state: 'open', count: 20 }])
})
