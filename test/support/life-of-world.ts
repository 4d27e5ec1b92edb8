// A random world that goes from definition to definition, each time by the least that does it.

import { rmSync } from 'node:fs'
import type { Test } from 'tap'
import { writeMigration } from '../../src/commands/migrate-new.ts'
import {
  deriveModels,
  loadMigrations,
  type Models,
  storedModels,
} from '../../src/definitions/load.ts'
import type { Json } from '../../src/resource/field.ts'
import { DefinitionError } from '../../src/resource/model.ts'
import type { MigrationFile } from '../../src/store/migration/migration.ts'
import type { Dialect } from '../../src/store/store.ts'
import { modelToTable } from '../../src/store/table.ts'
import { holder, required } from './access.ts'
import { killedStep, type WayForth } from './killed-step.ts'
import type { Random } from './random-definitions.ts'
import { randomStep, type Step } from './random-evolution.ts'
import { type ResourceOfWorld, randomWorld, toResources, type World } from './random-world.ts'
import { RowsOfWorld } from './rows-of-world.ts'
import { Evolution, type WayBack } from './versions.ts'
import { type OpenPage, type Scene, Visit } from './visit-of-world.ts'

const stepsOfWorld = 12
/** How often a step is killed, gone back, or lets rows go that are in its way. */
const killShare = 0.1
const backShare = 0.25
const dropShare = 0.5

type Way = 'start' | 'migrate' | 'file' | 'refused'

/** Rows may stand in the way of a step, and then it says which. */
const namesRows =
  /should be unique|deleted rows that are kept|rows that only their owners see|in the rows? |and there are rows/
/** So may they in the way of a file: a word is no number. */
const isNotConverted =
  /cannot store TEXT value|invalid input syntax|which no definition has any more|UNIQUE|could not create unique|duplicate key/

/** A step that was taken. */
interface Taken {
  readonly step: Step
  readonly way: Way
  /** What it was taken from: the definition, its number in the ledger, and the files that had been run. */
  readonly before: World
  readonly number: number
  readonly files: readonly MigrationFile[]
}

/** The definition before a step, and the files that its version has. */
interface Origin {
  readonly before: World
  readonly known: readonly MigrationFile[]
}

interface Opening {
  /** As the rows are to be expected. */
  readonly world: World
  /** As it is defined, where that is an earlier one. */
  readonly defined?: World
}

export class Life {
  readonly #t: Test
  readonly #random: Random
  readonly #url: string
  readonly #folder: string
  readonly #rows = new RowsOfWorld()
  readonly #deleted = new Map<number, Json[]>()
  readonly #trail: string[] = []
  /** The last one, which may not be taken. */
  #step = ''
  readonly #done: Record<string, number> = { requests: 0 }
  #evolution: Evolution
  #headers: Scene['headers'] = { ada: {}, bob: {}, root: {} }

  constructor(t: Test, { random, url, folder }: { random: Random; url: string; folder: string }) {
    this.#t = t
    this.#random = random
    this.#url = url
    this.#evolution = new Evolution(t, url)
    this.#folder = folder
  }

  /** Gives how many steps of each way were taken. Throws where an answer is not the one that it should be. */
  async live(): Promise<Readonly<Record<string, number>>> {
    let world = randomWorld(this.#random)
    while (!isValid(world)) world = randomWorld(this.#random)
    try {
      await this.#evolution.bring(toResources(world), 'additive')
      await this.#makeCallers()
      let visit = await this.#visit({ world })
      for (let count = stepsOfWorld; count > 0; count--) {
        const step = randomStep(this.#random, world)
        if (step === undefined || !isValid(step.world)) continue
        const pages = await visit.openPages()
        const number = await this.#evolution.numberOf(toResources(world))
        const origin = { number, files: await this.#files() }
        this.#step = `${step.what} ${JSON.stringify(step.said)}`
        const way = await this.#take(step, world)
        this.#note(step.what, way)
        if (way === 'refused') {
          await this.#stay(world)
          visit = await this.#visit({ world }, pages)
          continue
        }
        this.#rows.take(step, world)
        const held = way === 'start' ? withSetsOf(step.world, world) : step.world
        visit = await this.#visit({ world: held, defined: step.world }, pages)
        if (held !== step.world) {
          world = held
          continue
        }
        const now = await this.#goBackAndForth({ step, before: world, way, ...origin })
        if (now !== undefined) visit = await this.#visit({ world: now })
        world = now ?? step.world
      }
      return this.#done
    } catch (error) {
      if (error instanceof Error)
        error.message += `\nafter ${this.#trail.join(', ')}; the last step was ${this.#step}`
      throw error
    }
  }

  /** Their keys stay, whatever becomes of the resources; those of two have scopes for each name. */
  async #makeCallers(): Promise<void> {
    const names = Array.from({ length: 150 }, (_, index) => `things${index}`)
    const scopes = names.flatMap(name => [`${name}:read`, `${name}:write`])
    const headersOf = async (given: readonly string[]) => ({
      ...(await holder(this.#evolution.store, given)).headers,
    })
    this.#headers = {
      ada: await headersOf(scopes),
      bob: await headersOf(scopes),
      root: await headersOf(['*']),
    }
  }

  #note(what: string, way: string): void {
    this.#trail.push(`${what} (${way})`)
    this.#done[way] = (this.#done[way] ?? 0) + 1
  }

  /** By the least that does it. */
  async #take({ world, said, drop }: Step, before: World): Promise<Way> {
    const known = await this.#files()
    const isBegun = await this.#kill({ before, known }, { world, extent: 'additive', files: known })
    const isMeant = Object.keys(said).length > 0
    const refused = isMeant && !isBegun ? 'meant' : await this.#refusal(world, 'additive')
    if (refused === undefined) return 'start'
    if (isBegun) throw new Error(`A start has begun it, and no start goes on: ${refused}`)
    const isWritten = await this.#write(world, said)
    const files = await this.#files()
    if (isWritten) {
      await this.#kill({ before, known }, { world, extent: 'full', files })
      const refusal = await this.#refusal(world, 'full')
      if (refusal === undefined) return files.length > known.length ? 'file' : 'migrate'
      if (!namesRows.test(refusal)) throw new Error(refusal)
      const isDropped = drop !== undefined && this.#random() < dropShare
      const other = isDropped ? await this.#refusal(world, 'full', { drop: [drop] }) : refusal
      if (other === undefined) return 'migrate'
      if (!namesRows.test(other)) throw new Error(other)
    }
    await this.#removeAllBut(known)
    return 'refused'
  }

  async #refusal(
    world: World,
    extent: 'additive' | 'full',
    { files, drop = [] }: { files?: readonly MigrationFile[]; drop?: readonly string[] } = {},
  ): Promise<string | undefined> {
    const run = files ?? (await this.#files())
    return this.#evolution.refusal(toResources(world), extent, run, drop)
  }

  /** What was refused has changed nothing that an earlier start may not change. */
  async #stay(world: World): Promise<void> {
    await this.#evolution.bring(toResources(world), 'full', await this.#files())
  }

  /**
   * Now and then a step is first taken by a process that is killed. The earlier definition may be served again. Gives
   * whether the tables have begun to change.
   */
  async #kill({ before, known }: Origin, goal: WayForth): Promise<boolean> {
    if (this.#random() > killShare) return false
    await this.#killAt(goal, goal.extent)
    const [[begun] = []] = await this.#evolution.store.query({
      text: 'select count(*) from _definitions where not finished',
      values: [],
    })
    if ((await this.#refusal(before, 'additive', { files: known })) === undefined) {
      const visit = await this.#open({ world: before })
      await visit.look()
    }
    return Number(begun) > 0
  }

  async #killAt(way: WayForth | WayBack, what: string): Promise<void> {
    const statements = Math.floor(this.#random() * 40)
    const end = await killedStep({ url: this.#url, statements, ...way })
    this.#note(`${what} before statement ${statements}`, end)
  }

  async #write(world: World, said: Step['said']): Promise<boolean> {
    const models = storedModels(toModels(world))
    const [log, error] = [this.#t.capture(console, 'log'), this.#t.capture(console, 'error')]
    try {
      const tablesOf = (dialect: Dialect) => models.map(model => modelToTable(dialect, model))
      const order = { folder: this.#folder, title: 'step', tablesOf, said }
      const code = await writeMigration(this.#evolution.store, order)
      const told = error().flatMap(({ args }) => args)
      if (code !== 0 && !isNotConverted.test(told.join('\n')))
        throw new Error(`migrate new: ${told.join('\n')}`)
      return code === 0
    } finally {
      log.restore()
      error.restore()
    }
  }

  #files(): Promise<readonly MigrationFile[]> {
    return loadMigrations(`${this.#folder}/${this.#evolution.store.dialect.name}`)
  }

  async #removeAllBut(known: readonly MigrationFile[]): Promise<void> {
    const others = (await this.#files()).filter(({ name }) =>
      known.every(file => file.name !== name),
    )
    for (const database of ['sqlite', 'postgres'])
      for (const { name } of others) rmSync(`${this.#folder}/${database}/${name}`, { force: true })
  }

  /**
   * Now and then a change is taken back, and rows of the earlier definition are written before it is done again. Gives the
   * world as it is then, where it is not the one of the step or was gone back from.
   */
  async #goBackAndForth(taken: Taken): Promise<World | undefined> {
    const { step, before, way } = taken
    if (!isTwoWay(before, step.world) || this.#random() > backShare) return undefined
    const isByNumber = way === 'file' || this.#random() < 0.5
    const refusal = isByNumber
      ? await this.#refusalBack(taken)
      : await this.#refusal(before, way === 'start' ? 'additive' : 'full')
    const done = isByNumber ? 'back by number' : 'back'
    this.#note('back', refusal === undefined ? done : 'no way back')
    if (refusal !== undefined) {
      if ((way === 'start' && !isByNumber) || !namesRows.test(refusal)) throw new Error(refusal)
      await this.#stay(step.world)
      return step.world
    }
    const stays = await this.#refusal(before, 'additive', { files: taken.files })
    if (stays !== undefined) throw new Error(`The version gone back to is refused: ${stays}`)
    // A file that is taken back leaves nothing of what it did.
    const isStart = way === 'start' && !isByNumber
    const world = way === 'file' ? before : seenFrom(before, step.world, isStart)
    const row = isStart ? undefined : withDefaults(before, step)
    this.#rows.take({ ...step, world, row: row ?? (values => values) }, step.world)
    await this.#visit({ world, defined: before })
    return this.#goForth(taken, world, isStart)
  }

  async #goForth({ step, before, files }: Taken, world: World, isStart: boolean): Promise<World> {
    const refusal = await this.#refusal(step.world, isStart ? 'additive' : 'full')
    this.#note('forth', refusal === undefined ? 'forth' : 'no way forth')
    if (refusal === undefined) {
      this.#rows.take(step, world)
      return step.world
    }
    if (isStart || !namesRows.test(refusal)) throw new Error(refusal)
    await this.#removeAllBut(files)
    await this.#stay(before)
    return world
  }

  /** By `migrate --to`, which is killed now and then; the next one finishes it. */
  async #refusalBack({ number: to }: Taken): Promise<string | undefined> {
    const way = { to, folder: this.#folder }
    if (this.#random() < killShare * 2) await this.#killAt(way, `back to ${to}`)
    return this.#evolution.refusalBack(way)
  }

  async #visit(opening: Opening, pages: readonly OpenPage[] = []): Promise<Visit> {
    const visit = await this.#open(opening)
    await visit.live(pages)
    this.#done.requests = (this.#done.requests ?? 0) + visit.asked
    return visit
  }

  /** Each version is a process of its own, which knows no statement of another one. */
  async #open({ world, defined }: Opening): Promise<Visit> {
    await this.#evolution.store.close()
    this.#evolution = new Evolution(this.#t, this.#url)
    const instance = await this.#evolution.serve(toResources(defined ?? world), required)
    return new Visit({
      instance,
      world,
      rows: this.#rows,
      deleted: this.#deleted,
      random: this.#random,
      headers: this.#headers,
      isEarlier: defined !== undefined && defined !== world,
    })
  }
}

/** What `migrate` makes of rows without a value where the definition of before has a default. */
function withDefaults(before: World, { changed }: Step): Step['row'] {
  const fields = before.find(({ id }) => id === changed)?.fields ?? []
  return values =>
    new Map([
      ...values,
      ...fields.flatMap(({ id, default: value }) =>
        value !== undefined && values.get(id) === null ? [[id, value] as const] : [],
      ),
    ])
}

/** Whether the rows that one definition stores are ones of the other, and so are the values that it has left. */
function isTwoWay(before: World, after: World): boolean {
  return before.every(old => {
    const young = after.find(({ id }) => id === old.id)
    const kindOf = (id: number) => young?.fields.find(field => field.id === id)?.kind
    return (
      old.key === young?.key &&
      [...old.fields, ...old.gone].every(({ id, kind }) => [undefined, kind].includes(kindOf(id)))
    )
  })
}

/**
 * An earlier definition over the tables of a later one: it has columns that it does not know. `isBeside`: the later one
 * may be served at the same time, and what it made unique is so.
 */
function seenFrom(before: World, after: World, isBeside: boolean): World {
  const unknown = after.filter(({ id }) => before.every(old => old.id !== id))
  const known = before.map(old => {
    const young = after.find(({ id }) => id === old.id) as ResourceOfWorld
    const isKnown = ({ id }: { id: number }) => old.fields.some(field => field.id === id)
    const hidden = [...young.fields, ...young.gone].filter(field => !isKnown(field))
    return {
      ...old,
      gone: hidden,
    }
  })
  const seen = [...known, ...unknown.map(resource => ({ ...resource, isGone: true }))]
  return isBeside ? withSetsOf(seen, after) : seen
}

/** A start with an earlier definition leaves what a later one made unique; the same world where that is nothing. */
function withSetsOf(world: World, later: World): World {
  const joined = world.map(resource => {
    const young = later.find(({ id }) => id === resource.id)
    const unique = [...new Set([...resource.unique, ...(young?.unique ?? [])])]
    const added = young?.pairs.filter(pair => !resource.pairs.some(own => `${own}` === `${pair}`))
    return { ...resource, unique, pairs: [...resource.pairs, ...(added ?? [])] }
  })
  const isOther = joined.some(
    ({ unique, pairs }, index) =>
      unique.length !== world[index]?.unique.length || pairs.length !== world[index]?.pairs.length,
  )
  return isOther ? joined : world
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

function toModels(world: World): Models {
  const defined = toResources(world).map(resource => ({
    file: `schemas/${resource.name}.ts`,
    resource,
  }))
  return deriveModels(defined)
}
