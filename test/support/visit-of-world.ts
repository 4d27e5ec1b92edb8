// A definition of a random world, served: three callers read and change its rows, and every answer is held against the model.

import type { Json } from '../../src/resource/field.ts'
import type { Random } from './random-definitions.ts'
import {
  type FieldOfWorld,
  isMade,
  isMadeValue,
  isSent,
  pick,
  type ResourceOfWorld,
  randomKey,
  randomValue,
  served,
  type Values,
  type World,
} from './random-world.ts'
import type { RowOfWorld, RowsOfWorld } from './rows-of-world.ts'
import type { Answer, Instance } from './versions.ts'

/** Two who see what they create, and one who sees everything. */
export const callers = ['ada', 'bob', 'root'] as const
export type Caller = (typeof callers)[number]

export interface Scene {
  readonly instance: Instance
  readonly world: World
  readonly rows: RowsOfWorld
  /** The keys of rows that were deleted, by the numbers of resources. */
  readonly deleted: Map<number, Json[]>
  readonly random: Random
  readonly headers: Readonly<Record<Caller, Readonly<Record<string, string>>>>
  /** Whether rows may have values that the definition does not know: a later one has stored them. */
  readonly isEarlier: boolean
}

/** The first page of a list, read before the definition changed. */
export interface OpenPage {
  readonly resource: ResourceOfWorld
  readonly field: FieldOfWorld | undefined
  /** What its cursor is about. */
  readonly shape: string
  /** The address of the next page. */
  readonly next: string
  /** The rows on the page, and all that there were with what they were sorted by. */
  readonly seen: readonly RowOfWorld[]
  readonly sorted: ReadonlyMap<RowOfWorld, Json>
}

type Body = Record<string, Json>

const unsorted: readonly string[] = ['list', 'object', 'json', 'words', 'password', 'keys', 'from']

export class Visit {
  readonly #scene: Scene
  /** How many requests were made. */
  asked = 0

  constructor(scene: Scene) {
    this.#scene = scene
  }

  async live(pages: readonly OpenPage[] = []): Promise<void> {
    for (const resource of served(this.#scene.world)) await this.#learnKeys(resource)
    for (const resource of served(this.#scene.world))
      for (const page of pages)
        if (page.resource.id === resource.id) await this.#follow(page, resource)
    for (const resource of served(this.#scene.world)) {
      await this.#compare(resource)
      await this.#holdsTags(resource)
      await this.#keepsDeleted(resource)
      for (let count = 3; count > 0; count--) await this.#create(resource)
      await this.#update(resource)
      await this.#remove(resource)
      await this.#holdsRules(resource)
      await this.#compare(resource)
    }
  }

  /** Reads and writes nothing. */
  async look(): Promise<void> {
    for (const resource of served(this.#scene.world)) await this.#compare(resource)
  }

  /** Begins to read each list, to go on when the definition has changed. */
  async openPages(): Promise<readonly OpenPage[]> {
    const pages: OpenPage[] = []
    for (const resource of served(this.#scene.world)) {
      const scalars = resource.fields.filter(({ kind }) => !unsorted.includes(kind))
      const field = this.#chance(0.5) ? pick(this.#scene.random, scalars) : undefined
      const sort = field === undefined ? '' : `&sort=${this.#chance(0.5) ? '-' : ''}${field.name}`
      const { text, headers } = await this.#get('root', `/${resource.name}?limit=2${sort}`)
      const next = nextOf(headers)
      if (next === undefined) continue
      const rows = this.#scene.rows.of(resource)
      const sorted = new Map(rows.map(row => [row, row.values.get(field?.id ?? 0) ?? null]))
      const shape = listShape(this.#scene.world, resource, field)
      pages.push({ resource, field, shape, next, seen: this.#rowsOf(resource, text), sorted })
    }
    return pages
  }

  /** No row is skipped or repeated; a list that is another one now says so. */
  async #follow({ resource, field, shape, next, seen, sorted }: OpenPage, now: ResourceOfWorld) {
    if (resource.name !== now.name) return
    const { rows, world } = this.#scene
    const present = now.fields.find(({ id }) => id === field?.id)
    const isSame =
      resource.key === now.key &&
      shape === listShape(world, now, present) &&
      [...sorted].every(([row, value]) => (row.values.get(field?.id ?? 0) ?? null) === value)
    const answer = await this.#ask('root', isSame ? [200] : [200, 400], 'GET', next)
    if (!isSame || answer.status === 400) return
    const others = [...this.#rowsOf(now, answer.text)]
    for (let more = nextOf(answer.headers); more !== undefined; ) {
      const page = await this.#get('root', more)
      others.push(...this.#rowsOf(now, page.text))
      more = nextOf(page.headers)
    }
    const numbers = [...seen, ...others].map(({ number }) => number).sort()
    const wanted = rows
      .of(now)
      .map(({ number }) => number)
      .sort()
    if (numbers.join() !== wanted.join()) fail(`${next}: ${numbers}, not ${wanted}`)
  }

  #rowsOf(resource: ResourceOfWorld, text: string): readonly RowOfWorld[] {
    const { rows } = this.#scene
    return (JSON.parse(text) as Body[]).map(
      object =>
        rows.of(resource).find(row => rows.keyOf(resource, row) === object[keyName(resource)]) ??
        fail(`${JSON.stringify(object)} of ${resource.name} is not there`),
    )
  }

  #sees(caller: Caller, { owner }: ResourceOfWorld, row: RowOfWorld): boolean {
    return !owner || caller === 'root' || row.owner === caller
  }

  #seen(caller: Caller, resource: ResourceOfWorld): readonly RowOfWorld[] {
    return this.#scene.rows.of(resource).filter(row => this.#sees(caller, resource, row))
  }

  /** Each caller's list has all of its rows in the order of their keys, and no other. */
  async #compare(resource: ResourceOfWorld): Promise<void> {
    const { world, rows } = this.#scene
    for (const caller of resource.owner ? callers : (['root'] as const)) {
      const found: Body[] = []
      for (let next: string | undefined = `/${resource.name}?limit=4`; next !== undefined; ) {
        const { text, headers } = await this.#get(caller, next)
        found.push(...JSON.parse(text))
        next = nextOf(headers)
      }
      this.#learn(resource, found)
      const key = keyName(resource)
      const wanted = this.#seen(caller, resource)
        .map(row => rows.body(world, resource, row))
        .sort((one, other) => inOrder(one[key], other[key]))
      if (toText(found) !== toText(wanted))
        fail(`${resource.name} for ${caller}: ${toText(found)}\nshould be\n${toText(wanted)}`)
    }
    await this.#comparesChildren(resource)
  }

  async #comparesChildren(resource: ResourceOfWorld): Promise<void> {
    const { world, rows, random } = this.#scene
    for (const field of resource.fields.filter(({ isParent }) => isParent)) {
      const target = world.find(({ id }) => id === field.target)
      if (target === undefined || rows.of(target).length === 0) continue
      const parent = pick(random, rows.of(target))
      const address = `/${target.name}/${rows.keyOf(target, parent)}/${resource.name}?limit=1000`
      const { text } = await this.#get('root', address)
      const found = this.#rowsOf(resource, text).map(({ number }) => number)
      const wanted = rows
        .of(resource)
        .filter(({ values }) => values.get(field.id) === parent.number)
        .map(({ number }) => number)
      if (found.sort().join() !== wanted.sort().join()) fail(`${address}: ${found}, not ${wanted}`)
    }
  }

  /** The keys that the server has made for rows that had others: rows are known by their own values. */
  async #learnKeys(resource: ResourceOfWorld): Promise<void> {
    const { world, rows } = this.#scene
    const isKnown = rows.of(resource).every(row => rows.keyOf(resource, row) !== undefined)
    if (isKnown) return
    const { text } = await this.#get('root', `/${resource.name}?limit=1000`)
    const own = resource.fields.filter(({ target }) => target === undefined)
    for (const object of JSON.parse(text) as Body[]) {
      const row = rows
        .of(resource)
        .find(({ values }) => isPartOf(rows.members(world, own, values), object))
      if (row !== undefined) row.id = object.id as number
    }
  }

  /** What the server has set in rows that were there before it did so. */
  #learn(resource: ResourceOfWorld, found: readonly Body[]): void {
    const { world, rows } = this.#scene
    for (const object of found) {
      const row = rows.of(resource).find(each => isPartOf(rows.body(world, resource, each), object))
      if (row === undefined) continue
      for (const field of resource.fields)
        if (isMadeValue(field, object[field.name]))
          row.values = new Map([...row.values, [field.id, object[field.name] as Json]])
    }
  }

  /**
   * The tag of a row that did not change names the state that it named; one that did has another, and the old one is
   * refused. Where a definition shows it in another form, it is returned again.
   */
  async #holdsTags(resource: ResourceOfWorld): Promise<void> {
    const { rows, random } = this.#scene
    const all = rows.of(resource)
    for (const row of all.length === 0 ? [] : [pick(random, all), pick(random, all)]) {
      const address = this.#addressOf(resource, row)
      const { headers } = await this.#get('root', address)
      const { etag } = headers
      const isOwn = resource.fields.every(({ kind }) => kind !== 'from')
      if (row.tag !== undefined && isOwn && stateOf(row.tag) !== stateOf(etag))
        fail(`${address} has ${etag}, not ${row.tag}`)
      if (row.staleTag !== undefined && stateOf(row.staleTag) === stateOf(etag))
        fail(`${address} still has ${etag}, and is another one`)
      if (row.otherTag !== undefined)
        await this.#ask('root', [200], 'GET', address, undefined, { 'if-none-match': row.otherTag })
      if (row.staleTag !== undefined)
        await this.#ask('root', [412], 'PATCH', address, {}, { 'if-match': row.staleTag })
      row.tag = etag
    }
  }

  async #keepsDeleted(resource: ResourceOfWorld): Promise<void> {
    const { rows, deleted, random } = this.#scene
    // Where another field is the key now, a key of before may be one again, or have no form that a key can have.
    const used = rows.of(resource).map(row => String(rows.keyOf(resource, row)))
    const keys = (deleted.get(resource.id) ?? []).filter(key => !used.includes(String(key)))
    if (keys.length > 0)
      await this.#ask('root', [404, 400], 'GET', `/${resource.name}/${pick(random, keys)}`)
  }

  #value(caller: Caller, field: FieldOfWorld, resource: ResourceOfWorld): Json {
    const { world, random } = this.#scene
    if (field.optional && field.kind !== 'keys' && this.#chance(0.3)) return null
    if (field.id === resource.key && field.format === undefined) return randomKey(random)
    if (field.target === undefined) return randomValue(random, field)
    const target = world.find(({ id }) => id === field.target)
    const seen = target === undefined ? [] : this.#seen(caller, target)
    if (field.kind === 'keys')
      return seen.filter(() => this.#chance(0.3)).map(({ number }) => number)
    return seen.length === 0 ? null : pick(random, seen).number
  }

  /** Of all columns that there are, those included that this definition does not know. */
  #newValues(caller: Caller, resource: ResourceOfWorld): Values {
    const own = resource.fields.filter(isSent)
    const hidden = resource.gone.filter(isSent)
    return new Map([
      ...hidden.map(field => [field.id, field.default ?? null] as const),
      ...own.map(field => [field.id, this.#value(caller, field, resource)] as const),
    ])
  }

  async #create(resource: ResourceOfWorld): Promise<void> {
    const { rows, random } = this.#scene
    const caller = pick(random, callers)
    const row = { values: this.#newValues(caller, resource), owner: resource.owner ? caller : '' }
    const isShared = rows.isShared(resource, row)
    const { address, body } = this.#toPost(resource, row.values)
    const { text, headers } = await this.#ask(caller, [isShared ? 409 : 201], 'POST', address, body)
    if (isShared) return
    const made: Body = JSON.parse(text)
    const set = resource.fields.filter(isMade)
    for (const field of set)
      if (!isMadeValue(field, made[field.name])) fail(`${field.name} is not set in ${text}`)
    const values = new Map([
      ...row.values,
      ...set.map(({ id, name }) => [id, made[name] as Json] as const),
    ])
    const key = resource.key === undefined ? { id: made.id as number } : {}
    if (this.#isUsed(resource, key.id)) fail(`${text}: that key was another row's`)
    rows.add(resource, { values, owner: row.owner, ...key, tag: headers.etag })
    const keys = this.#scene.deleted.get(resource.id) ?? []
    this.#scene.deleted.set(
      resource.id,
      keys.filter(other => other !== made[keyName(resource)]),
    )
  }

  /** Keys that the server makes are never made twice. */
  #isUsed({ id: number }: ResourceOfWorld, id: number | undefined): boolean {
    return id !== undefined && (this.#scene.deleted.get(number) ?? []).includes(id)
  }

  /** Sometimes the address of the parent says what the row refers to. */
  #toPost(resource: ResourceOfWorld, values: Values): { address: string; body: Body } {
    const { world, rows } = this.#scene
    const body = this.#toSent(resource, values)
    const field = resource.fields.find(({ isParent }) => isParent)
    const target = world.find(({ id }) => id === field?.target)
    const parent =
      target && rows.of(target).find(({ number }) => number === values.get(field?.id ?? 0))
    if (field === undefined || parent === undefined || this.#chance(0.5))
      return { address: `/${resource.name}`, body }
    const { [field.name]: _said, ...rest } = body
    return {
      address: `/${target?.name}/${rows.keyOf(target as ResourceOfWorld, parent)}/${resource.name}`,
      body: rest,
    }
  }

  /** A row that refers to nothing does not say so, nor does one without a value; what the server sets is not sent. */
  #toSent({ fields }: ResourceOfWorld, values: Values): Body {
    const { world, rows } = this.#scene
    return Object.fromEntries(
      Object.entries(rows.sent(world, fields, values)).filter(([, value]) => value !== null),
    )
  }

  async #update(resource: ResourceOfWorld): Promise<void> {
    const { world, rows, random } = this.#scene
    const fields = resource.fields.filter(
      field => isSent(field) && field.id !== resource.key && field.fixed !== true,
    )
    const all = rows.of(resource)
    if (all.length === 0 || fields.length === 0) return
    const [row, field] = [pick(random, all), pick(random, fields)]
    const caller = pick(random, callers)
    const address = this.#addressOf(resource, row)
    const values = new Map([...row.values, [field.id, this.#value(caller, field, resource)]])
    const body = rows.sent(world, [field], values)
    if (!this.#sees(caller, resource, row)) {
      await this.#ask(caller, [404], 'GET', address)
      await this.#ask(caller, [404], 'PATCH', address, body)
      await this.#ask(caller, [404], 'DELETE', address)
      return
    }
    const isShared = rows.isShared(resource, { values, owner: row.owner }, row)
    const condition = row.tag === undefined || this.#chance(0.5) ? {} : { 'if-match': row.tag }
    const { headers } = await this.#ask(
      caller,
      [isShared ? 409 : 200],
      'PATCH',
      address,
      body,
      condition,
    )
    if (isShared) return
    row.values = values
    row.tag = headers.etag
  }

  async #remove(resource: ResourceOfWorld): Promise<void> {
    const { world, rows, random, deleted } = this.#scene
    const all = rows.of(resource)
    if (all.length < 4) return
    const row = pick(random, all)
    const { isRefused, gone, loosened } = rows.fall(world, resource, row)
    if (isRefused === undefined) return
    const address = this.#addressOf(resource, row)
    await this.#ask('root', [isRefused ? 409 : 204], 'DELETE', address)
    if (isRefused) return
    for (const one of loosened) rows.loosen(one)
    for (const { resource, row } of gone) this.#forget(resource, row)
    if (!resource.keepDeleted || !resource.restores || this.#chance(0.5)) return
    const { headers } = await this.#ask('root', [200], 'POST', `${address}/restore`)
    rows.restore(resource, row)
    row.tag = headers.etag
    const keys = deleted.get(resource.id) ?? []
    deleted.set(resource.id, keys.slice(0, -1))
  }

  #forget(resource: ResourceOfWorld, row: RowOfWorld): void {
    const { rows, deleted } = this.#scene
    rows.remove(resource, row)
    const key = rows.keyOf(resource, row) ?? null
    deleted.set(resource.id, [...(deleted.get(resource.id) ?? []), key])
  }

  /** What is missing, too long, of another format, shared or refers to nothing is refused. */
  async #holdsRules(resource: ResourceOfWorld): Promise<void> {
    const { rows } = this.#scene
    const address = `/${resource.name}`
    const body = this.#toSent(resource, this.#newValues('root', resource))
    const refuse = (status: number, wrong: Body, caller: Caller = 'root') =>
      this.#ask(caller, [status], 'POST', address, wrong)
    const required = resource.fields.find(
      field =>
        !field.optional && isSent(field) && field.kind !== 'keys' && field.default === undefined,
    )
    const { [required?.name ?? '']: _missing, ...without } = body
    if (required) await refuse(422, without)
    for (const field of resource.fields) {
      const wrong = wrongValue(field)
      if (wrong !== undefined) await refuse(422, { ...body, [field.name]: wrong })
      if (field.target !== undefined) await this.#refersToNoOthers(resource, field, body)
      if (field.fixed) await this.#staysFixed(resource, field)
    }
    const [first] = rows.of(resource).filter(({ owner }) => !resource.owner || owner !== '')
    const key = resource.fields.find(({ id }) => id === resource.key)
    const isHeld =
      (key !== undefined && isSent(key)) ||
      resource.unique.some(id => (first?.values.get(id) ?? null) !== null)
    if (first && isHeld)
      await refuse(409, this.#toSent(resource, first.values), (first.owner || 'root') as Caller)
  }

  async #staysFixed(resource: ResourceOfWorld, field: FieldOfWorld): Promise<void> {
    const { random, rows } = this.#scene
    const [row] = rows.of(resource)
    const value = randomValue(random, field)
    if (row === undefined || isSame(value, row.values.get(field.id) ?? null)) return
    const body = { [field.name]: value }
    await this.#ask('root', [422], 'PATCH', this.#addressOf(resource, row), body)
  }

  async #refersToNoOthers(
    resource: ResourceOfWorld,
    { name, kind, target: number }: FieldOfWorld,
    body: Body,
  ) {
    const { world, rows } = this.#scene
    const target = world.find(({ id }) => id === number)
    if (target === undefined) return
    const said = (key: Json) => ({ ...body, [name]: kind === 'keys' ? [key] : key })
    const nothing = target.key === undefined ? 999_999 : nowhere(target)
    await this.#ask('root', [409], 'POST', `/${resource.name}`, said(nothing))
    const hidden = rows.of(target).find(row => !this.#sees('ada', target, row))
    if (hidden === undefined) return
    const others = said(rows.keyOf(target, hidden) ?? null)
    await this.#ask('ada', [409], 'POST', `/${resource.name}`, others)
  }

  #addressOf(resource: ResourceOfWorld, row: RowOfWorld): string {
    return `/${resource.name}/${this.#scene.rows.keyOf(resource, row)}`
  }

  #chance(share: number): boolean {
    return this.#scene.random() < share
  }

  #get(caller: Caller, address: string): Promise<Answer> {
    return this.#ask(caller, [200], 'GET', address)
  }

  async #ask(
    caller: Caller,
    statuses: readonly number[],
    method: string,
    address: string,
    json?: object,
    conditions: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const { instance, headers, isEarlier } = this.#scene
    this.asked++
    const answer = await instance.request(method, address, json, {
      ...headers[caller],
      ...conditions,
    })
    const what = `${method} ${address} ${JSON.stringify(json ?? '')} by ${caller}`
    if (!statuses.includes(answer.status))
      fail(`${what} → ${answer.status} ${answer.text}, not ${statuses}`)
    if (answer.mistakes.length > 0 && !(isEarlier && answer.status === 200))
      fail(`${what}: ${answer.mistakes.join('; ')}`)
    return answer
  }
}

function fail(what: string): never {
  throw new Error(what)
}

/** A tag without the definition by which the state is shown. */
function stateOf(tag: string | undefined): string | undefined {
  return tag?.replace(/@\d+/, '')
}

function isSame(one: Json, other: Json): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

function isPartOf(members: Body, object: Body): boolean {
  return Object.entries(members).every(
    ([name, value]) => JSON.stringify(object[name]) === JSON.stringify(value),
  )
}

function keyName({ key, fields }: ResourceOfWorld): string {
  return fields.find(({ id }) => id === key)?.name ?? 'id'
}

function keyShape({ key, fields }: ResourceOfWorld): string {
  return shapeOf(fields.find(({ id }) => id === key))
}

/** What the cursor of a list that is sorted by a field is about: a field that refers has the values of the other's key. */
function listShape(world: World, resource: ResourceOfWorld, field?: FieldOfWorld): string {
  const target = world.find(({ id }) => id === field?.target)
  return [shapeOf(field), target && keyShape(target), keyShape(resource)].join()
}

function shapeOf(field: FieldOfWorld | undefined): string {
  const { name, kind, format, optional, target } = field ?? {}
  return JSON.stringify([name, kind, format, optional, target])
}

/** A value that no row of the resource has as its key. */
function nowhere({ key, fields }: ResourceOfWorld): string {
  const { format, kind } = fields.find(({ id }) => id === key) ?? {}
  if (format === 'date') return '1999-01-01'
  if (format === 'date-time') return '1999-01-01T00:00:00.000Z'
  return format === 'uuid' || kind === 'uuid'
    ? '00000000-0000-4000-8000-00000000ffff'
    : 'nobody@example.com'
}

/** One that the definition does not take. */
function wrongValue({ kind, limit, format }: FieldOfWorld): Json | undefined {
  if (format !== undefined) return 'no such thing'
  if (kind === 'text') return 'x'.repeat(limit + 1)
  if (kind === 'integer' || kind === 'number') return limit + 1
  if (kind === 'words') return ['z']
  return ['decimal', 'boolean', 'list', 'object', 'password'].includes(kind) ? 7 : undefined
}

function nextOf({ link }: Readonly<Record<string, string>>): string | undefined {
  return /<([^>]*)>; rel="next"/.exec(link ?? '')?.[1]
}

/** As lists are sorted by their keys: numbers by size, texts by code point. */
function inOrder(one: Json | undefined, other: Json | undefined): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other
  return String(one) < String(other) ? -1 : 1
}

function toText(rows: readonly Body[]): string {
  return JSON.stringify(rows.map(row => Object.entries(row).sort()))
}
