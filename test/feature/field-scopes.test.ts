// Fields that need a scope of their own: without it they are not there to read, and refused where they are written.

import { Type } from '@sinclair/typebox'
import { action, Enum, From, Ref, type Resource, resource } from '../../src/resource/resource.ts'
import { type Holder, holder } from '../support/access.ts'
import { feature, type Received, type Service } from '../support/service.ts'

const employees = resource(
  'employees',
  Type.Object({
    name: Type.String({ maxLength: 40, examples: ['Ada'] }),
    salary: Type.Optional(
      Type.Integer({ scope: 'employees:salary', description: 'A year', examples: [50_000] }),
    ),
    grade: Enum(['a', 'b'], { default: 'a', scope: { write: 'employees:grade' } }),
    file: Type.Optional(
      Type.Object({ number: Type.Integer() }, { scope: { read: 'employees:file' } }),
    ),
    bonus: Type.Integer({ default: 0, readOnly: true, scope: { read: 'employees:salary' } }),
    code: Type.Optional(
      Type.String({ maxLength: 9, fixed: true, scope: { read: 'employees:salary' } }),
    ),
  }),
  {
    description: 'Who works here',
    publicRead: true,
    hooks: { beforeWrite: ({ after }) => ({ bonus: (after?.salary ?? 0) / 10 }) },
    actions: {
      promote: action({
        summary: 'Promote somebody',
        scope: 'employees:promote',
        run: () => ({ grade: 'b' }),
      }),
    },
  },
)

const options = {
  resources: [employees as unknown as Resource],
  access: { required: true, publicRead: new Set(['employees']) },
}

interface Scene {
  readonly clerk: Holder
  readonly payroll: Holder
  readonly root: Holder
}

const usual = ['employees:read', 'employees:write']

/** Ada, with all that there is of her, and callers who may see some of it. */
async function scene({ store, post }: Service): Promise<Scene> {
  const clerk = await holder(store, usual)
  const payroll = await holder(store, [...usual, 'employees:salary'])
  const root = await holder(store, ['*'])
  await post(
    '/employees',
    { name: 'Ada', salary: 50_000, file: { number: 1 }, code: 'A1' },
    root.headers,
  )
  return { clerk, payroll, root }
}

const whole = {
  id: 1,
  name: 'Ada',
  salary: 50_000,
  grade: 'a',
  file: { number: 1 },
  bonus: 5000,
  code: 'A1',
}
const { file: _, ...ofPayroll } = whole
const ofClerk = { id: 1, name: 'Ada', grade: 'a' }

const refusal = ({ status, headers, json }: Received) => [
  status,
  /scope="(.*)"/.exec(headers['www-authenticate'] ?? '')?.[1],
  json.errors,
]

feature(
  'without its scope a field is in no response',
  async (t, service) => {
    const { get, patch, put, post } = service
    const { clerk, payroll, root } = await scene(service)
    for (const [headers, seen] of [
      [clerk.headers, ofClerk],
      [payroll.headers, ofPayroll],
      [root.headers, whole],
      [{}, ofClerk],
    ] as const) {
      t.strictSame((await get('/employees/1', headers)).json, seen)
      t.strictSame((await get('/employees', headers)).json, [seen])
    }
    for (const answer of [
      await patch('/employees/1', { name: 'Ada' }, clerk.headers),
      await put('/employees/1', { name: 'Ada' }, clerk.headers),
      await put('/employees/1', ofClerk, clerk.headers),
      await patch('/employees/1', ofClerk, clerk.headers),
    ])
      t.strictSame(answer.json, ofClerk)
    t.strictSame((await post('/employees', { name: 'Bob' }, clerk.headers)).json, {
      id: 2,
      name: 'Bob',
      grade: 'a',
    })
    t.strictSame((await get('/employees/1', root.headers)).json, whole, 'and nothing is lost')
  },
  options,
)

feature(
  'nor can it be asked for: filters, sorts and fields name the scope',
  async (t, service) => {
    const { get } = service
    const { clerk, payroll } = await scene(service)
    const detail = 'needs the scope employees:salary'
    const table: [url: string, parameter: string][] = [
      ['/employees?salary_gte=1', 'salary_gte'],
      ['/employees?salary=1&salary=2', 'salary'],
      ['/employees?salary_is_null=true', 'salary_is_null'],
      ['/employees?sort=-salary,name', 'sort'],
      ['/employees?fields=id,salary', 'fields'],
      ['/employees/1?fields=salary', 'fields'],
    ]
    for (const [url, parameter] of table) {
      t.strictSame(
        refusal(await get(url, clerk.headers)),
        [403, 'employees:salary', [{ parameter, in: 'query', detail }]],
        url,
      )
      t.equal((await get(url, payroll.headers)).status, 200, url)
      t.equal((await get(url)).status, 401, url)
    }
    t.equal((await get('/employees?sort=name&fields=name&grade=a', clerk.headers)).status, 200)
  },
  options,
)

const patchType = { 'content-type': 'application/json-patch+json' }

feature(
  'whoever may not write it is refused, and learns nothing of what it is',
  async (t, service) => {
    const { get, post, put, patch, request } = service
    const { clerk, payroll, root } = await scene(service)
    const salary = [{ pointer: '#/salary', detail: 'needs the scope employees:salary' }]
    for (const value of [50_000, 1, null]) {
      const sent = [
        await post('/employees', { name: 'Eve', salary: value }, clerk.headers),
        await put('/employees/1', { name: 'Ada', salary: value }, clerk.headers),
        await patch('/employees/1', { salary: value }, clerk.headers),
        await request('PATCH', '/employees/1', {
          json: [{ op: 'add', path: '/salary', value }],
          headers: { ...clerk.headers, ...patchType },
        }),
      ]
      for (const answer of sent)
        t.strictSame(refusal(answer), [403, 'employees:salary', salary], `${value}`)
    }
    for (const [name, value] of [
      ['bonus', 5000],
      ['bonus', 1],
      ['code', 'A1'],
      ['code', 'B'],
    ])
      t.equal(
        (await patch('/employees/1', { [String(name)]: value }, clerk.headers)).status,
        403,
        `${name} ${value}: neither is said to be unchanged`,
      )
    const test = [{ op: 'test', path: '/salary', value: 50_000 }]
    const probed = await request('PATCH', '/employees/1', {
      json: test,
      headers: { ...clerk.headers, ...patchType },
    })
    t.equal(probed.status, 409, 'a test finds nothing there')
    t.strictSame((await get('/employees/1', root.headers)).json, whole)
    t.equal((await get('/employees', root.headers)).json.length, 1)
    t.equal((await patch('/employees/1', { salary: 60_000 }, payroll.headers)).json.bonus, 6000)
  },
  options,
)

feature(
  'what may be read can be sent back as it is, and changed with the scope',
  async (t, service) => {
    const { put, patch, post, request, store } = service
    const { clerk } = await scene(service)
    const grade = [{ pointer: '#/grade', detail: 'needs the scope employees:grade' }]
    const refused = [403, 'employees:grade', grade]
    t.equal((await put('/employees/1', { name: 'Ada', grade: 'a' }, clerk.headers)).status, 200)
    const json = [{ op: 'remove', path: '/grade' }]
    for (const answer of [
      await put('/employees/1', { name: 'Ada', grade: 'b' }, clerk.headers),
      await patch('/employees/1', { grade: 'b' }, clerk.headers),
      await post('/employees', { name: 'Eve', grade: 'b' }, clerk.headers),
    ])
      t.strictSame(refusal(answer), refused)
    const headers = { ...clerk.headers, ...patchType }
    t.equal((await request('PATCH', '/employees/1', { json, headers })).status, 422)
    const reviewer = await holder(store, [...usual, 'employees:grade'])
    t.equal((await patch('/employees/1', { grade: 'b' }, reviewer.headers)).json.grade, 'b')
    const again = await put('/employees/1', { name: 'Ada' }, reviewer.headers)
    t.equal(again.json.grade, 'b', 'a PUT may leave it out')
    const blind = await patch('/employees/1', { file: { number: 2 } }, clerk.headers)
    t.strictSame([blind.status, 'file' in blind.json], [200, false], 'written, not read')
  },
  options,
)

feature(
  'what a caller sees has a tag of its own, by which it can change the row',
  async (t, service) => {
    const { get, patch } = service
    const { clerk, root } = await scene(service)
    const tag = async (headers: Record<string, string>) =>
      (await get('/employees/1', headers)).headers.etag ?? ''
    const [partial, full] = [await tag(clerk.headers), await tag(root.headers)]
    t.not(partial, full)
    t.equal((await get('/employees/1', { ...clerk.headers, 'if-none-match': partial })).status, 304)
    t.equal((await get('/employees/1', { ...root.headers, 'if-none-match': partial })).status, 200)
    const changed = await patch(
      '/employees/1',
      { name: 'A' },
      { ...clerk.headers, 'if-match': partial },
    )
    t.strictSame([changed.status, changed.headers.etag], [200, await tag(clerk.headers)])
    const late = await patch(
      '/employees/1',
      { name: 'B' },
      { ...clerk.headers, 'if-match': partial },
    )
    t.equal(late.status, 412)
  },
  options,
)

feature(
  'keys can have the scopes that definitions name, and actions need theirs',
  async (t, service) => {
    const { post, request, document } = service
    const { clerk, root } = await scene(service)
    const scopes = ['employees:salary', 'employees:promote', 'employees:grade', 'employees:file']
    t.equal((await post('/keys', { name: 'A', scopes }, root.headers)).status, 201)
    const other = await post('/keys', { name: 'A', scopes: ['employees:salry'] }, root.headers)
    t.equal(other.status, 422)
    const promote = (headers: Record<string, string>) =>
      request('POST', '/employees/1/promote', { headers })
    t.equal((await promote(clerk.headers)).status, 403)
    const boss = await holder(service.store, ['employees:promote'])
    t.strictSame((await promote(boss.headers)).json, { ...ofClerk, grade: 'b' })
    const { Employee, EmployeeView } = (
      document.components as unknown as {
        schemas: Record<
          string,
          { required: string[]; properties: Record<string, { description?: string }> }
        >
      }
    ).schemas
    t.strictSame(Employee?.required, ['id', 'name', 'grade'])
    t.equal(
      EmployeeView?.properties.salary?.description,
      'A year. Callers read and write it with the scope `employees:salary` only',
    )
  },
  options,
)

const desks = resource(
  'desks',
  Type.Object({
    employee: Ref('employees'),
    grade: From('employee', 'grade'),
    salary: Type.Optional(From<number>('employee', 'salary')),
    bonus: From<number>('employee', 'bonus'),
  }),
  { description: 'Where they sit' },
)

feature(
  'a member of another row takes the scope to be read that it has there',
  async (t, service) => {
    const { get, post } = service
    const { root } = await scene(service)
    await post('/desks', { employee: 1 }, root.headers)
    const clerk = await holder(service.store, ['desks:read'])
    const payroll = await holder(service.store, ['desks:read', 'employees:salary'])
    const ofEveryone = { id: 1, employee: 1, grade: 'a' }
    const all = { ...ofEveryone, salary: 50_000, bonus: 5000 }
    t.strictSame((await get('/desks/1', clerk.headers)).json, ofEveryone)
    t.strictSame((await get('/desks', clerk.headers)).json, [ofEveryone])
    t.strictSame((await get('/desks/1', payroll.headers)).json, all)
    t.strictSame((await get('/desks?salary_gt=1', payroll.headers)).json, [all])
    t.equal((await get('/desks?salary_gt=1', clerk.headers)).status, 403)
    t.equal((await get('/desks?sort=bonus', clerk.headers)).status, 403)
  },
  { ...options, resources: [...options.resources, desks as unknown as Resource] },
)
