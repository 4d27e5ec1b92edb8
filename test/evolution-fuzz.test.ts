// Random definitions with rows that go through random changes, each by a start, by `migrate` or by a file that `migrate new`
// writes: afterwards the rows are those of a model, and the rules are held. Some are rolled back, and go forward again.
// FUZZ_SEED repeats a run, FUZZ_WORLDS makes it longer (npm run fuzz:evolution).

import { rmSync } from 'node:fs'
import t, { type Test } from 'tap'
import { writeMigration } from '../src/commands/migrate-new.ts'
import { deriveModels, loadMigrations, type Models, storedModels } from '../src/definitions/load.ts'
import type { Json } from '../src/resource/field.ts'
import { DefinitionError } from '../src/resource/model.ts'
import type { MigrationFile } from '../src/store/migration/migration.ts'
import { modelToTable } from '../src/store/table.ts'
import { type Random, randomFrom } from './support/random-definitions.ts'
import {
  type FieldOfWorld,
  pick,
  type ResourceOfWorld,
  randomStep,
  randomValue,
  randomWorld,
  type Step,
  toResources,
  type Values,
  type World,
} from './support/random-evolution.ts'
import { databases } from './support/service.ts'
import { type Answer, Evolution, type Instance } from './support/versions.ts'

const seed = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 1e9))
const worlds = Number(process.env.FUZZ_WORLDS ?? 3)
const stepsOfWorld = 12

function toModels(world: World): Models {
  const defined = toResources(world).map(resource => ({
    file: `schemas/${resource.name}.ts`,
    resource,
  }))
  return deriveModels(defined)
}

/** What is drawn may be nothing that a definition can say. */
function isValid(world: World): boolean {
  try {
    return toModels(world).models.length > 0
  } catch (error) {
    if (error instanceof DefinitionError) return false
    throw error
  }
}

/** The rows that callers see, by the numbers of resources and then by their ids. */
type Model = Map<number, Map<number, Values>>

class Life {
  readonly model: Model = new Map()
  readonly #t: Test
  readonly #random: Random
  #evolution: Evolution
  readonly #url: string
  readonly #folder: string
  #trail: string[] = []

  constructor(t: Test, { random, url, folder }: { random: Random; url: string; folder: string }) {
    this.#t = t
    this.#random = random
    this.#url = url
    this.#evolution = new Evolution(t, url)
    this.#folder = folder
  }

  async live(): Promise<Readonly<Record<string, number>>> {
    const done: Record<string, number> = {}
    let world = randomWorld(this.#random)
    while (!isValid(world)) world = randomWorld(this.#random)
    await this.#evolution.bring(toResources(world), 'additive')
    await this.#visit(world)
    for (let count = stepsOfWorld; count > 0; count--) {
      const step = randomStep(this.#random, world)
      if (step === undefined || !isValid(step.world)) continue
      const way = await this.#take(step)
      this.#trail.push(`${step.what} (${way})`)
      done[way] = (done[way] ?? 0) + 1
      if (way === 'refused') {
        await this.#evolution.bring(toResources(world), 'full', await this.#files())
        continue
      }
      this.#change(step)
      await this.#visit(step.world)
      if (way === 'start' && this.#random() < 0.25) await this.#goBackAndForth(world, step.world)
      world = step.world
    }
    return done
  }

  /** By the least that does it. */
  async #take({ world, said }: Step): Promise<'start' | 'migrate' | 'file' | 'refused'> {
    const resources = toResources(world)
    const known = await this.#files()
    const isMeant = Object.keys(said).length > 0
    if (!isMeant && (await this.#evolution.refusal(resources, 'additive', known)) === undefined)
      return 'start'
    const isWritten = await this.#write(world, said)
    const files = await this.#files()
    const isNew = files.length > known.length
    const refusal = isWritten
      ? await this.#evolution.refusal(resources, 'full', files)
      : 'not written'
    if (refusal === undefined) return isNew ? 'file' : 'migrate'
    if (!/not written|should be unique|deleted rows that are kept/.test(refusal))
      this.#fail(refusal)
    for (const name of ['sqlite', 'postgres'])
      for (const { name: file } of files.filter(
        ({ name }) => !known.some(other => other.name === name),
      ))
        rmSync(`${this.#folder}/${name}/${file}`, { force: true })
    return 'refused'
  }

  async #write(world: World, said: Step['said']): Promise<boolean> {
    const models = storedModels(toModels(world))
    const [log, error] = [this.#t.capture(console, 'log'), this.#t.capture(console, 'error')]
    try {
      const order = {
        folder: this.#folder,
        title: 'step',
        tablesOf: (dialect: Parameters<typeof modelToTable>[0]) =>
          models.map(model => modelToTable(dialect, model)),
        said,
      }
      const code = await writeMigration(this.#evolution.store, order)
      const told = error()
        .flatMap(({ args }) => args)
        .join('\n')
      // A word is no number: that is told, and the step is not taken.
      if (code !== 0 && !/cannot store TEXT value|invalid input syntax/.test(told))
        this.#fail(`migrate new: ${told}`)
      return code === 0
    } finally {
      log.restore()
      error.restore()
    }
  }

  #files(): Promise<readonly MigrationFile[]> {
    return loadMigrations(`${this.#folder}/${this.#evolution.store.dialect.name}`)
  }

  #change({ changed, row }: Step): void {
    const rows = this.model.get(changed ?? 0)
    if (rows === undefined || row === undefined) return
    for (const [id, values] of rows) rows.set(id, row(values))
  }

  /** The earlier definition holds its rules again, or says why it does not start. */
  async #goBackAndForth(before: World, after: World): Promise<void> {
    const files = await this.#files()
    if ((await this.#evolution.refusal(toResources(before), 'additive', files)) !== undefined)
      return
    this.#trail.push('back')
    await this.#renew()
    const instance = await this.#evolution.serve(toResources(before))
    for (const resource of before) await this.#holdsRules(instance, resource)
    this.#trail.push('forth')
    await this.#evolution.bring(toResources(after), 'additive', files)
    await this.#visit(after)
  }

  /** Each version is a process of its own, which knows no statement of another one. */
  async #renew(): Promise<void> {
    await this.#evolution.store.close()
    this.#evolution = new Evolution(this.#t, this.#url)
  }

  async #visit(world: World): Promise<void> {
    await this.#renew()
    const instance = await this.#evolution.serve(toResources(world))
    for (const resource of world) {
      await this.#compare(instance, resource)
      for (let count = 3; count > 0; count--) await this.#create(instance, resource)
      await this.#update(instance, resource)
      await this.#remove(instance, world, resource)
      await this.#holdsRules(instance, resource)
      await this.#compare(instance, resource)
    }
  }

  #rows({ id }: ResourceOfWorld): Map<number, Values> {
    const rows = this.model.get(id) ?? new Map<number, Values>()
    this.model.set(id, rows)
    return rows
  }

  async #compare(instance: Instance, resource: ResourceOfWorld): Promise<void> {
    const { text } = await this.#ask(instance, [200], 'GET', `/${resource.name}?limit=1000`)
    const wanted = [...this.#rows(resource)].map(([id, values]) => ({
      id,
      ...toBody(resource, values),
    }))
    const found: { id: number }[] = JSON.parse(text)
    const toText = (rows: readonly { id: number }[]) =>
      JSON.stringify(
        rows.toSorted((one, other) => one.id - other.id).map(row => Object.entries(row).sort()),
      )
    if (toText(found) !== toText(wanted))
      this.#fail(`${toText(found)}\nshould be\n${toText(wanted)}`)
  }

  #value(field: FieldOfWorld): Json {
    if (field.optional && this.#random() < 0.3) return null
    if (field.target === undefined) return randomValue(this.#random, field.kind)
    const keys = [...(this.model.get(field.target)?.keys() ?? [])]
    return keys.length === 0 ? null : pick(this.#random, keys)
  }

  async #create(instance: Instance, resource: ResourceOfWorld): Promise<void> {
    const values: Values = new Map(resource.fields.map(field => [field.id, this.#value(field)]))
    const isShared = this.#isShared(resource, values)
    const { text } = await this.#ask(
      instance,
      [isShared ? 409 : 201],
      'POST',
      `/${resource.name}`,
      toSent(resource, values),
    )
    if (!isShared) this.#rows(resource).set(JSON.parse(text).id, values)
  }

  #isShared(resource: ResourceOfWorld, values: Values, but?: number): boolean {
    return resource.unique.some(id => {
      const value = values.get(id) ?? null
      return (
        value !== null &&
        [...this.#rows(resource)].some(([key, row]) => key !== but && row.get(id) === value)
      )
    })
  }

  async #update(instance: Instance, resource: ResourceOfWorld): Promise<void> {
    const ids = [...this.#rows(resource).keys()]
    if (ids.length === 0) return
    const [id, field] = [pick(this.#random, ids), pick(this.#random, resource.fields)]
    const values = new Map([
      ...(this.#rows(resource).get(id) ?? []),
      [field.id, this.#value(field)],
    ])
    const isShared = this.#isShared(resource, values, id)
    const body = { [field.name]: values.get(field.id) ?? null }
    await this.#ask(instance, [isShared ? 409 : 200], 'PATCH', `/${resource.name}/${id}`, body)
    if (!isShared) this.#rows(resource).set(id, values)
  }

  async #remove(instance: Instance, world: World, resource: ResourceOfWorld): Promise<void> {
    const ids = [...this.#rows(resource).keys()]
    if (ids.length < 4) return
    const id = pick(this.#random, ids)
    const isReferred = world.some(other =>
      other.fields.some(
        field =>
          field.target === resource.id &&
          [...this.#rows(other).values()].some(row => row.get(field.id) === id),
      ),
    )
    await this.#ask(instance, [isReferred ? 409 : 204], 'DELETE', `/${resource.name}/${id}`)
    if (!isReferred) this.#rows(resource).delete(id)
  }

  /** What is missing, shared or refers to nothing is refused. */
  async #holdsRules(instance: Instance, resource: ResourceOfWorld): Promise<void> {
    const values: Values = new Map(resource.fields.map(field => [field.id, this.#value(field)]))
    const body = toSent(resource, values)
    const required = resource.fields.find(
      ({ optional, default: standard }) => !optional && standard === undefined,
    )
    const { [required?.name ?? '']: _missing, ...without } = body
    if (required) await this.#ask(instance, [422], 'POST', `/${resource.name}`, without)
    const reference = resource.fields.find(({ target }) => target !== undefined)
    if (reference)
      await this.#ask(instance, [409], 'POST', `/${resource.name}`, {
        ...body,
        [reference.name]: 999_999,
      })
    const [first] = this.#rows(resource).values()
    const isHeld = first && resource.unique.some(id => (first.get(id) ?? null) !== null)
    if (isHeld)
      await this.#ask(instance, [409], 'POST', `/${resource.name}`, toSent(resource, first))
  }

  async #ask(
    instance: Instance,
    statuses: readonly number[],
    ...request: Parameters<Instance['request']>
  ): Promise<Answer> {
    const answer = await instance.request(...request)
    const what = `${request[0]} ${request[1]} ${JSON.stringify(request[2] ?? '')}`
    if (!statuses.includes(answer.status))
      this.#fail(`${what} → ${answer.status} ${answer.text}, not ${statuses}`)
    if (answer.mistakes.length > 0) this.#fail(`${what}: ${answer.mistakes.join('; ')}`)
    return answer
  }

  #fail(what: string): never {
    throw new Error(`${what}\nafter ${this.#trail.join(', ')}`)
  }
}

function toBody({ fields }: ResourceOfWorld, values: Values): Record<string, Json> {
  return Object.fromEntries(fields.map(({ id, name }) => [name, values.get(id) ?? null]))
}

/** A row that refers to nothing does not say so, nor does one without a value. */
function toSent(resource: ResourceOfWorld, values: Values): Record<string, Json> {
  return Object.fromEntries(
    Object.entries(toBody(resource, values)).filter(([, value]) => value !== null),
  )
}

t.comment(`FUZZ_SEED=${seed}`)
for (const database of databases)
  for (let world = 0; world < worlds; world++)
    t.test(
      `world ${world} of seed ${seed} goes through its changes (${database.name})`,
      async t => {
        const url = await database.url(t)
        const folder = `${t.testdirName}/migrations`
        rmSync(folder, { recursive: true, force: true })
        const life = new Life(t, { random: randomFrom(seed + world), url, folder })
        t.comment(JSON.stringify(await life.live()))
        rmSync(folder, { recursive: true, force: true })
        t.ok(life.model.size > 1)
      },
    )
