// Every operation of the document × every kind of caller, and the verdict for each: derived from paths, methods and
// definitions, so that a new resource is covered without being listed.

import type { Test } from 'tap'
import { hasOwners } from '../../src/resource/owner.ts'
import { type Holder, holder, required, revoke } from '../support/access.ts'
import { limited } from '../support/limited.ts'
import { type Described, operationsOf, sendExample } from '../support/operations.ts'
import { owned } from '../support/owned.ts'
import { feature, type Received, type Service } from '../support/service.ts'

const time = Date.parse('2026-06-01T12:00:00Z')
let now = time
const access = { access: required, clock: () => new Date(now) }

/** What decides: whoever is let in gets whatever else the request comes to, be it 403 because of the row that is sent. */
const verdictOf = ({ status, headers: { 'www-authenticate': wanted } }: Received): string =>
  wanted === undefined ? 'admitted' : `${status} ${wanted}`

const unnamed = '401 Bearer realm="api"'
const invalid = '401 Bearer realm="api", error="invalid_token"'
const lacking = (...scopes: string[]) =>
  `403 Bearer realm="api", error="insufficient_scope", scope="${scopes.join(' ')}"`

/** The names of all that is served, by their lists. */
function namesIn(operations: readonly Described[]): readonly string[] {
  return operations.flatMap(({ at }) =>
    /^GET \/[^{/]*$/.test(at) && at !== 'GET /statusz' ? [at.slice('GET /'.length)] : [],
  )
}

/** The scope that it needs: by the words of its path and the method, not by what the document says of it. */
function neededBy({ path, method }: Described, names: readonly string[]): string {
  if (path === '/statusz') return 'service:admin'
  const resource = path.split('/').findLast(part => names.includes(part)) ?? ''
  return resource === 'keys' ? 'keys:admin' : `${resource}:${method === 'get' ? 'read' : 'write'}`
}

/** The scopes that administrate, and are asked for. */
const asked = ['keys:admin', 'service:admin']

/** A key that is made can be allowed no more than its maker is: what the example asks for, beside the operation's scope. */
function grantedBy({ at, raw }: Described): readonly string[] {
  if (at !== 'POST /keys') return []
  const example = raw.requestBody?.content['application/json']?.example
  const { scopes, claims } = example as { scopes: string[]; claims?: object }
  const resources = new Set(scopes.map(scope => scope.split(':')[0]))
  return claims === undefined ? scopes : [...scopes, ...[...resources].map(name => `${name}:admin`)]
}

/** What it must come to, for each kind of caller. */
type Verdicts = Readonly<Record<string, string>>

function expected(operation: Described, scope: string): Verdicts {
  const granted = grantedBy(operation)
  const open = (word: string) => (scope.endsWith(word) ? 'admitted' : lacking(scope))
  return {
    anonymous: unnamed,
    'another scheme': unnamed,
    malformed: invalid,
    mistyped: invalid,
    'of another service': invalid,
    expired: invalid,
    revoked: invalid,
    'no scope': lacking(scope),
    'every scope but its own': lacking(scope),
    'every read': open(':read'),
    'every write': open(':write'),
    'its own': granted.length === 0 ? 'admitted' : lacking(...granted),
    'its own and what it grants': 'admitted',
    everything: 'admitted',
  }
}

/** Callers that are the same for every operation; those of one operation are made for it. */
async function callersOf({ store }: Service, scopes: readonly string[]): Promise<Callers> {
  const ending = (word: string) => scopes.filter(scope => scope.endsWith(word))
  const [gone, late] = [
    await holder(store, ['*']),
    await holder(store, ['*'], { expires_at: new Date(time).toISOString() }),
  ]
  await revoke(store, gone.id)
  const all = await holder(store, ['*'])
  const mistyped = all.key.replace(/.$/, last => (last === '0' ? '1' : '0'))
  return {
    anonymous: {},
    'another scheme': { authorization: 'Basic YWRhOnNlY3JldA==' },
    malformed: { authorization: `${all.headers.authorization} ${all.key}` },
    mistyped: { authorization: `Bearer ${mistyped}` },
    'of another service': {
      authorization: 'Bearer rw_live_0000000000000000000000000000000000000000000000000',
    },
    expired: late.headers,
    revoked: gone.headers,
    'no scope': (
      await holder(store, [...ending(':admin').filter(scope => !asked.includes(scope)), 'x:read'])
    ).headers,
    'every read': (await holder(store, ending(':read'))).headers,
    'every write': (await holder(store, ending(':write'))).headers,
    everything: all.headers,
  }
}

type Callers = Readonly<Record<string, Readonly<Record<string, string>>>>

/** What each caller sends, and the verdict. */
async function attemptsAt(
  { store }: Service,
  operation: Described,
  names: readonly string[],
  kept: Callers,
) {
  const scope = neededBy(operation, names)
  const others = scopesOf(names).filter(other => other !== scope)
  const callers: Callers = {
    ...kept,
    'every scope but its own': (await holder(store, others)).headers,
    'its own': (await holder(store, [scope])).headers,
    'its own and what it grants': (await holder(store, [scope, ...grantedBy(operation)])).headers,
  }
  return Object.entries(expected(operation, scope)).map(([kind, verdict]) => {
    const headers = callers[kind]
    if (headers === undefined) throw new Error(`There is no caller '${kind}'.`)
    return { verdict, headers, at: `${operation.at}: ${kind}` }
  })
}

const words = ['read', 'write', 'admin']

function scopesOf(names: readonly string[]): readonly string[] {
  const ofRows = names.filter(name => name !== 'keys')
  return [...asked, ...ofRows.flatMap(name => words.map(word => `${name}:${word}`))]
}

/** All that a caller can see but keys, of which this test makes ever more. */
async function contents(
  { get }: Service,
  names: readonly string[],
  { headers }: Holder,
): Promise<string[]> {
  const seen = names
    .filter(name => name !== 'keys')
    .map(name => get(`/${name}?limit=1000`, headers))
  return (await Promise.all(seen)).map(({ text }) => text)
}

async function holdMatrix(t: Test, service: Service): Promise<void> {
  // Imports need no scope, and are there for who made them alone (`imports.test.ts`).
  const operations = operationsOf(service.document).filter(
    ({ secured, path }) => secured && !path.startsWith('/imports'),
  )
  const names = namesIn(operations)
  // The examples are about the first key, which is not one that the test needs.
  await holder(service.store, ['keys:admin'])
  const kept = await callersOf(service, scopesOf(names))
  const onlooker = await holder(service.store, ['*'])
  const before = await contents(service, names, onlooker)
  const admitted: (() => Promise<void>)[] = []
  for (const operation of operations) {
    t.strictSame(
      operation.scopes,
      [neededBy(operation, names)],
      `${operation.at} says what it needs`,
    )
    for (const { verdict, headers, at } of await attemptsAt(service, operation, names, kept)) {
      const hold = async () =>
        void t.equal(verdictOf(await sendExample(service, operation, headers)), verdict, at)
      if (verdict === 'admitted') admitted.push(hold)
      else await hold()
    }
  }
  t.strictSame(
    await contents(service, names, onlooker),
    before,
    'refused callers have changed nothing',
  )
  for (const hold of admitted) await hold()
  t.ok(operations.length > 20 && admitted.length > operations.length)
}

for (const [title, resources] of [
  ['the shipped resources', undefined],
  ['resources with owners', owned],
  ['resources of which callers see some rows', limited],
] as const)
  feature(
    `who is let in to what: ${title}`,
    async (t, service) => {
      now = time
      await holdMatrix(t, service)
    },
    { ...access, ...(resources && { resources }) },
  )

feature(
  'a key that was in use is refused everywhere within two seconds of its end',
  async (t, service) => {
    const { store, get, document } = service
    now = time
    const [revoked, late] = [
      await holder(store, ['*']),
      await holder(store, ['*'], { expires_at: new Date(now + 2_000).toISOString() }),
    ]
    for (const { headers } of [revoked, late]) t.equal((await get('/books', headers)).status, 200)
    await revoke(store, revoked.id)
    now += 2_000
    for (const operation of operationsOf(document).filter(({ secured }) => secured))
      for (const { headers } of [revoked, late])
        t.equal(verdictOf(await sendExample(service, operation, headers)), invalid, operation.at)
  },
  access,
)

/**
 * What somebody else gets: what lies at or below a row that is not theirs is not there, and their lists are empty. A PUT
 * creates where clients choose the keys, and this one is taken.
 */
function otherCaller(
  { path, method }: Described,
  ofSome: ReadonlyMap<string, { readonly isChosen: boolean }>,
): string {
  const parts = path.split('/').slice(1)
  const named = parts.filter((_, index) => parts[index + 1]?.startsWith('{'))
  if (named.some(name => ofSome.has(name)))
    return method === 'put' && ofSome.get(named.at(-1) ?? '')?.isChosen ? '409' : '404'
  if (method === 'get' && parts.length === 1 && ofSome.has(parts[0] ?? '')) return '200 []'
  return 'their own affair'
}

for (const [title, resources] of [
  ['its owner', owned],
  ['those who see it', limited],
] as const)
  feature(
    `for all but ${title} a row is not there, whatever is done to it`,
    async (t, service) => {
      now = time
      const names = resources.map(({ name }) => name)
      const ofSome = new Map(
        resources
          .filter(one => hasOwners(one) || one.options.visible !== undefined)
          .map(({ name, options: { key } }) => [name, { isChosen: key !== undefined }]),
      )
      const scopes = names.flatMap(name => [`${name}:read`, `${name}:write`])
      const claims = { customer_id: 3 }
      const [ada, bob]: [Holder, Holder] = [
        await holder(service.store, scopes, { claims }),
        await holder(service.store, scopes),
      ]
      const operations = operationsOf(service.document).filter(
        ({ path }) => !path.startsWith('/keys'),
      )
      for (const operation of operations.filter(({ at }) => /^POST [^{]*$/.test(at)))
        t.equal((await sendExample(service, operation, ada.headers)).status, 201, operation.at)
      const before = await contents(service, names, ada)
      let checked = 0
      for (const operation of operations) {
        const verdict = otherCaller(operation, ofSome)
        if (verdict === 'their own affair') continue
        const { status, text } = await sendExample(service, operation, bob.headers)
        t.equal(status === 200 ? `200 ${text}` : String(status), verdict, operation.at)
        checked++
      }
      t.ok(checked > 15)
      t.strictSame(await contents(service, names, ada), before, 'and nothing of hers has changed')
    },
    { ...access, resources },
  )
