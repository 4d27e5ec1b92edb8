// Every name of `include` × every kind of caller: nobody is shown a row that it could not read at its own address. Derived
// from the document, so that a new resource or reference is covered without being listed.

import type { Test } from 'tap'
import { itemsOf } from '../../src/testing/items.ts'
import { type Holder, holder, required } from '../support/access.ts'
import { limited, partlyPublic } from '../support/limited.ts'
import { operationsOf, sendExample } from '../support/operations.ts'
import { owned } from '../support/owned.ts'
import { feature, type Received, type Service } from '../support/service.ts'

interface Schema {
  readonly $ref?: string
  readonly items?: Schema
  readonly oneOf?: readonly Schema[]
  readonly enum?: readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
}
interface Parameter {
  readonly $ref?: string
  readonly name?: string
  readonly schema?: Schema
}
interface Reading {
  readonly parameters: readonly Parameter[]
  readonly responses: Readonly<
    Record<string, { $ref?: string; content?: Record<string, { schema: Schema }> }>
  >
}
type Row = Readonly<Record<string, unknown>>

const nameIn = (ref = '') => ref.split('/').at(-1) ?? ''

/** An address, and a name that can be included there: whose rows are then among those of which resources. */
interface Included {
  readonly path: string
  readonly name: string
  readonly resources: readonly string[]
}

/** All that can be included, as the document has it. */
function includedIn({ document }: Service): readonly Included[] {
  const { schemas, parameters, responses } = document.components as unknown as {
    readonly schemas: Record<string, Schema>
    readonly parameters: Record<string, Parameter>
    readonly responses: Record<string, Reading['responses'][string]>
  }
  const viewOf = ({ responses: { 200: found = {} } }: Reading) => {
    const { content = {} } = responses[nameIn(found.$ref)] ?? found
    const { schema = {} } = content['application/json'] ?? {}
    return nameIn((schema.items ?? schema).$ref)
  }
  const gets = Object.entries(itemsOf<Reading>(document as never)).flatMap(([path, { get }]) =>
    get === undefined ? [] : [{ path, get }],
  )
  const resourceOf = (view: string) =>
    gets.find(({ path, get }) => /^\/[^/{]+$/.test(path) && viewOf(get) === view)?.path.slice(1)
  const viewAt = (view: string, name: string): string => {
    const member = schemas[view]?.properties?.[name] ?? {}
    const list = (schemas[nameIn(member.$ref)] ?? member).properties?.items?.items
    return nameIn((list ?? member.oneOf?.[0])?.$ref)
  }
  return gets.flatMap(({ path, get }) => {
    const all = get.parameters.map(({ $ref, ...own }) => parameters[nameIn($ref)] ?? own)
    const names = all.find(({ name }) => name === 'include')?.schema?.items?.enum ?? []
    return names.map(name => {
      const [first = '', second] = name.split('.')
      const view = viewAt(viewOf(get), first)
      const views = second === undefined ? [view] : [view, viewAt(view, second)]
      return { path, name, resources: views.map(each => resourceOf(each) ?? each) }
    })
  })
}

/** The rows that are included by a name. */
function rowsBy(rows: readonly Row[], name: string): readonly Row[] {
  const [first = '', ...rest] = name.split('.')
  const next = rows.flatMap(row => {
    const member = row[first] as Row | null
    return member === null ? [] : ((member.items as readonly Row[] | undefined) ?? [member])
  })
  return rest.length === 0 ? next : rowsBy(next, rest.join('.'))
}

const keyOf = (row: Row) => row.id ?? row.code

async function holdMatrix(t: Test, service: Service): Promise<void> {
  const included = includedIn(service)
  const operations = operationsOf(service.document)
  for (const { path, name, resources } of included) {
    const operation = operations.find(({ at }) => at === `GET ${path}`)
    if (operation === undefined) throw new Error(`There is no GET ${path}.`)
    const ask = (headers: Holder['headers']) =>
      sendExample(service, { ...operation, path: `${operation.path}?include=${name}` }, headers)
    const at = `GET ${path}?include=${name}`
    const own = operation.scopes
    const needed = resources.map(resource => `${resource}:read`)
    const lacking = [...new Set(needed)].filter(scope => !own.includes(scope))
    const others =
      lacking.length === 0 ? [] : [await ask((await holder(service.store, own)).headers)]
    for (const { status, headers } of others) {
      // Its parent is not there.
      if (status === 404 && path.split('{').length > 1) continue
      t.equal(status, 403, `${at} without ${lacking.join()}`)
      t.match(headers['www-authenticate'], `scope="${lacking.join(' ')}"`, at)
    }
    const admitted = await ask((await holder(service.store, [...own, ...needed])).headers)
    t.notOk(admitted.headers['www-authenticate'], `${at} with them: ${admitted.text}`)
    t.equal((await service.get(`${path.replaceAll(/\{\w+\}/g, '1')}?include=${name}`)).status, 401)
  }
  t.ok(included.length >= 5, `${included.length} names`)
}

for (const [title, resources] of [
  ['the shipped resources', undefined],
  ['resources with owners', owned],
  ['resources of which callers see some rows', [...limited, partlyPublic]],
] as const)
  feature(
    `what is included needs the scopes of its resources: ${title}`,
    async (t, service) => holdMatrix(t, service),
    { access: required, ...(resources && { resources }) },
  )

for (const [title, resources] of [
  ['with owners', owned],
  ['of which callers see some rows', limited],
] as const)
  feature(
    `what is included is what its caller sees at its own address: resources ${title}`,
    async (t, service) => {
      const names = resources.map(({ name }) => name)
      const scopes = names.flatMap(name => [`${name}:read`, `${name}:write`])
      const claims = { customer_id: 3 }
      const callers: readonly Holder[] = [
        await holder(service.store, scopes, { claims }),
        await holder(service.store, scopes),
        await holder(service.store, ['*']),
      ]
      for (const { headers } of callers.slice(0, 2))
        for (const operation of operationsOf(service.document).filter(({ at }) =>
          /^POST [^{]*$/.test(at),
        ))
          await sendExample(service, operation, headers)
      const counts: number[] = []
      for (const { headers } of callers) {
        const lists = new Map<string, Received>()
        for (const name of names) lists.set(name, await service.get(`/${name}?limit=1000`, headers))
        let count = 0
        for (const { path, name, resources: of } of includedIn(service)) {
          if (path.includes('{')) continue
          const { json } = await service.get(`${path}?limit=1000&include=${name}`, headers)
          const seen = lists.get(of.at(-1) ?? '')?.json as readonly Row[]
          for (const row of rowsBy(json, name)) {
            const own = seen.find(one => keyOf(one) === keyOf(row))
            t.strictSame(row, own, `${path}?include=${name}: ${keyOf(row)}`)
            count += 1
          }
        }
        counts.push(count)
      }
      const [ofOne = 0, ofOther, all = 0] = counts
      t.ok(ofOne > 0 && all >= ofOne, `${counts}`)
      t.equal(ofOther, 0, 'who sees none of the rows is shown none with others')
    },
    { access: required, resources },
  )
