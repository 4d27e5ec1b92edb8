// Random definitions: each either serves, on both databases and in every client, or is refused with its file and what is wrong.
// The test takes the same seed each time; `npm run fuzz:definitions` draws one, FUZZ_SEED repeats a run and FUZZ_WORLDS makes it longer.

import { Validator } from '@seriousme/openapi-schema-validator'
import fc from 'fast-check'
import openapiTS, { astToString } from 'openapi-typescript'
import t, { type Test } from 'tap'
import ts from 'typescript'
import { deriveModels } from '../../src/definitions/load.ts'
import { summaryParameters } from '../../src/query/summary.ts'
import { createExample, patchExample } from '../../src/resource/example.ts'
import { type DefinedResource, DefinitionError, type Model } from '../../src/resource/model.ts'
import { usualOperations } from '../../src/resource/usual-operations.ts'
import {
  type Random,
  randomDefinition,
  randomFrom,
  withRandomChildren,
} from '../support/random-definitions.ts'
import { valueFor } from '../support/random-values.ts'
import { databases, type Received, type Service, startService } from '../support/service.ts'

const seed = Number(process.env.FUZZ_SEED ?? 606489348)
const worlds = Number(process.env.FUZZ_WORLDS ?? 12)
/** Definitions that are tried for one world; about half of them are wrong. */
const attempts = 32

/** The mistakes of definitions that are refused. Anything else that is thrown is a fault. */
function mistakesOf(defined: readonly DefinedResource[]): readonly string[] {
  try {
    deriveModels(defined)
    return []
  } catch (error) {
    if (error instanceof DefinitionError) return error.mistakes
    throw error
  }
}

/** Resources that live together; the definitions that are refused are looked at and left out. */
function randomWorld(t: Test, random: Random): readonly DefinedResource[] {
  const world: DefinedResource[] = []
  for (let attempt = 0; attempt < attempts; attempt++) {
    const defined = randomDefinition(random, world)
    if (isServed(t, [...world, defined])) world.push(defined)
  }
  for (const [index, defined] of world.entries()) {
    const parent = withRandomChildren(random, defined, world)
    if (parent !== undefined && isServed(t, world.with(index, parent))) world[index] = parent
  }
  return world
}

/** Whether nothing is wrong with them. What is wrong is told with its file, and for people. */
function isServed(t: Test, world: readonly DefinedResource[]): boolean {
  const mistakes = mistakesOf(world)
  for (const mistake of mistakes) {
    if (!/^schemas\/[^\n]*\.ts: \S/.test(mistake)) t.fail(`a mistake names no file: ${mistake}`)
    const said = mistake.replaceAll(/`[^`]*`|'[^']*'|"[^"]*"|\b(?:undefined|NaN)[ ,]/g, '')
    if (/undefined|\[object|NaN/.test(said)) t.fail(`a mistake is not for people: ${mistake}`)
  }
  return mistakes.length === 0
}

interface Visit {
  readonly t: Test
  readonly service: Service
  readonly random: Random
  /** The keys of the rows that are there, by the resource. */
  readonly keys: Map<string, unknown[]>
}

const ok = [200, 201, 204]

function expectStatus(
  { t }: Visit,
  received: Received,
  allowed: readonly number[],
  what: string,
): boolean {
  if (allowed.includes(received.status)) return true
  t.fail(`${what} → ${received.status} ${received.text.slice(0, 300)}`)
  return false
}

function randomBody(
  { random, keys }: Visit,
  { fields, key, keyMadeBy, references, links }: Model,
): Record<string, unknown> {
  const settable = fields.filter(
    field => !field.readOnly && (field !== key || keyMadeBy === 'client'),
  )
  const one = (schema: Parameters<typeof valueFor>[0]) =>
    fc.sample(valueFor(schema), { numRuns: 1, seed: Math.floor(random() * 1e9) })[0]
  const pairs = settable.map(field => {
    const link = links.find(link => link.field === field)
    if (link !== undefined)
      return [field.name, keys.get(link.model)?.slice(0, Number(field.schema.maxItems)) ?? []]
    const reference = references.find(reference => reference.field === field)
    // Of a resource that is served without a POST there is no row; an invented key leads nowhere, which is 409.
    const [known] = (reference && keys.get(reference.model)) ?? []
    return [field.name, known ?? (reference && field.nullable ? null : one(field.schema))]
  })
  return Object.fromEntries(pairs)
}

async function create(visit: Visit, model: Model): Promise<void> {
  const { service, keys } = visit
  const bodies = [createExample(model), randomBody(visit, model), randomBody(visit, model)]
  for (const [index, body] of bodies.entries()) {
    const what = `POST /${model.name} ${JSON.stringify(body)}`
    const received = await service.post(`/${model.name}`, body)
    // References in an example may lead nowhere here, and random values may be taken; nothing else may be wrong.
    if (!expectStatus(visit, received, [201, 409], what) || received.status !== 201) continue
    const key = received.json[model.key.name]
    keys.get(model.name)?.push(key)
    await readBack(visit, model, received, index)
  }
}

async function readBack(
  { t, service }: Visit,
  model: Model,
  created: Received,
  index: number,
): Promise<void> {
  const address = created.headers.location ?? ''
  const read = await service.get(address)
  t.equal(read.text, created.text, `GET ${address}`)
  const match = { 'if-match': created.headers.etag ?? '' }
  const changed = await service.patch(address, index === 0 ? patchExample(model) : {}, match)
  if (![200, 409].includes(changed.status))
    t.fail(`PATCH ${address} → ${changed.status} ${changed.text.slice(0, 300)}`)
}

async function list(visit: Visit, model: Model): Promise<void> {
  const { t, service, keys } = visit
  const path = `/${model.name}`
  const all = await service.get(path)
  if (!expectStatus(visit, all, [200], `GET ${path}`)) return
  t.equal(all.json.length, keys.get(model.name)?.length, `all rows of ${path}`)
  for (const { name } of model.sortable)
    expectStatus(
      visit,
      await service.get(`${path}?sort=-${name}&limit=2`),
      ok,
      `sort by ${name} in ${path}`,
    )
  const [key] = keys.get(model.name) ?? []
  if (key === undefined) return
  const { json } = await service.get(`${path}/${encodeURIComponent(String(key))}`)
  const given = model.filterable.filter(({ name }) => ![json[name]].flat().includes(null))
  for (const { name } of given.filter(({ name }) => [json[name]].flat().length > 0)) {
    const found = await service.get(
      `${path}?${new URLSearchParams({ [name]: String([json[name]].flat()[0]) })}`,
    )
    if (expectStatus(visit, found, ok, `filter by ${name} in ${path}`))
      t.ok(found.json.length > 0, `${path}?${name}=${json[name]} finds it`)
  }
}

/** Figures of all rows, and by each field. */
async function summarize(visit: Visit, model: Model): Promise<void> {
  if (!model.summary) return
  const path = `/${model.name}/summary`
  const { t, service, keys } = visit
  const all = await service.get(`${path}?count=true`)
  if (!expectStatus(visit, all, ok, `GET ${path}`)) return
  t.strictSame(all.json, [{ count: keys.get(model.name)?.length }], path)
  const { groups } = summaryParameters(model)
  for (const { name } of groups)
    expectStatus(visit, await service.get(`${path}?group_by=${name}&count=true`), ok, name)
}

/** A row with a row that refers to it. */
async function createWithChildren(visit: Visit, models: readonly Model[], model: Model) {
  const { t, service, keys } = visit
  for (const { name, model: child, field } of model.children) {
    const below = models.find(each => each.name === child) as Model
    const { [field.name]: _, ...row } = randomBody(visit, below)
    const body = { ...randomBody(visit, model), [name]: [row] }
    const what = `POST /${model.name} ${JSON.stringify(body)}`
    const created = await service.post(`/${model.name}`, body)
    if (!expectStatus(visit, created, [201, 409], what) || created.status !== 201) continue
    keys.get(model.name)?.push(created.json[model.key.name])
    keys.get(child)?.push(created.json[name].items[0][below.key.name])
    const read = await service.get(`${created.headers.location}?include=${name}`)
    t.equal(read.text, created.text, `GET ${created.headers.location}?include=${name}`)
  }
}

/** Each action and view of its own, of a row that is there and of all. */
async function runCode(visit: Visit, model: Model): Promise<void> {
  const { service, keys } = visit
  const [key] = keys.get(model.name) ?? []
  const addressOf = ({ on, name }: { readonly on: string; readonly name: string }) =>
    on === 'member'
      ? `/${model.name}/${encodeURIComponent(String(key))}/${name}`
      : `/${model.name}/${name}`
  const reached = ({ on }: { readonly on: string }) => key !== undefined || on === 'collection'
  const headers = { 'if-match': '*' }
  for (const { body, ...action } of model.actions.filter(reached)) {
    const sent = await service.post(addressOf(action), body && {}, headers)
    expectStatus(visit, sent, ok, `POST ${addressOf(action)}`)
  }
  for (const view of model.views.filter(reached))
    expectStatus(visit, await service.get(addressOf(view)), ok, `GET ${addressOf(view)}`)
}

async function remove(visit: Visit, model: Model): Promise<void> {
  const { service, keys } = visit
  for (const key of keys.get(model.name) ?? []) {
    const address = `/${model.name}/${encodeURIComponent(String(key))}`
    const { headers } = await service.get(address)
    expectStatus(
      visit,
      await service.delete(address, { 'if-match': headers.etag ?? '' }),
      [204],
      `DELETE ${address}`,
    )
  }
  expectStatus(visit, await service.get(`/${model.name}`), [200], `GET /${model.name}`)
}

/** What is left out is neither in the document nor there. */
async function leaveOut({ t, service }: Visit, model: Model): Promise<void> {
  const { name, key, without, nestedOnly } = model
  const paths = service.document.paths as Record<string, Record<string, unknown>>
  const [collection, member] = [`/${name}`, `/${name}/{${key.name}}`]
  for (const operation of usualOperations) {
    const { method, on } = usual[operation]
    const path = on === 'member' ? member : collection
    const isThere = !nestedOnly && !without.includes(operation)
    t.equal(paths[path]?.[method] !== undefined, isThere, `${method} ${path}`)
    const { status } = await service.request(method.toUpperCase(), path.replace(/{.*}/, '1'))
    if (!isThere && ![404, 405].includes(status)) t.fail(`${method} ${path} → ${status}`)
  }
}

const usual = {
  list: { method: 'get', on: 'collection' },
  create: { method: 'post', on: 'collection' },
  read: { method: 'get', on: 'member' },
  replace: { method: 'put', on: 'member' },
  update: { method: 'patch', on: 'member' },
  delete: { method: 'delete', on: 'member' },
} as const

/** What a team would do first with its new resources. Rows that refer to themselves need no order, for they are few. */
async function visitAll(
  t: Test,
  service: Service,
  models: readonly Model[],
  random: Random,
): Promise<void> {
  const visit = { t, service, random, keys: new Map(models.map(({ name }) => [name, []])) }
  const whole = models.filter(({ without, nestedOnly }) => without.length === 0 && !nestedOnly)
  for (const model of whole) await create(visit, model)
  for (const model of whole) await createWithChildren(visit, whole, model)
  for (const model of whole) await list(visit, model)
  for (const model of whole) await summarize(visit, model)
  for (const model of whole) await runCode(visit, model)
  for (const model of whole.toReversed()) await remove(visit, model)
  for (const model of models) await leaveOut(visit, model)
}

/** What TypeScript finds in the types that are generated of the documents. */
function typeMistakes(sources: ReadonlyMap<string, string>): string[] {
  const options: ts.CompilerOptions = {
    noEmit: true,
    strict: true,
    lib: ['lib.es2022.d.ts'],
    types: [],
  }
  const host = ts.createCompilerHost(options)
  const { getSourceFile, fileExists } = host
  host.getSourceFile = (name, target) => {
    const text = sources.get(name)
    return text === undefined
      ? getSourceFile(name, target)
      : ts.createSourceFile(name, text, target)
  }
  host.fileExists = name => sources.has(name) || fileExists(name)
  const program = ts.createProgram([...sources.keys()], options, host)
  return ts
    .getPreEmitDiagnostics(program)
    .map(
      ({ file, messageText }) =>
        `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
    )
}

const sources = new Map<string, string>()
let served = 0

t.comment(`FUZZ_SEED=${seed} FUZZ_WORLDS=${worlds}`)

for (let world = 0; world < worlds; world++)
  t.test(
    `the random resources of world ${world} serve or are refused with their file (FUZZ_SEED=${seed})`,
    async t => {
      const defined = randomWorld(t, randomFrom(seed * 1000 + world))
      const { models } = deriveModels(defined)
      served += models.length
      t.comment(models.map(({ name }) => name).join(' '))
      for (const database of databases) {
        const service = await startService(t, await database.url(t), {
          resources: defined.map(({ resource }) => resource),
          sample: false,
        })
        await visitAll(t, service, models, randomFrom(seed * 1000 - world))
        if (sources.has(`/world-${world}.ts`)) continue
        const { valid, errors } = await new Validator().validate(
          structuredClone(service.document) as never,
        )
        t.ok(valid, `the document is OpenAPI: ${JSON.stringify(errors ?? '').slice(0, 500)}`)
        sources.set(
          `/world-${world}.ts`,
          astToString(await openapiTS(structuredClone(service.document) as never)),
        )
      }
    },
  )

t.test('the types that are generated of their documents compile', async t => {
  t.ok(served > worlds * 4, 'enough definitions were right')
  t.strictSame(typeMistakes(sources), [])
})
