// What a random world's rows are, as far as callers can see: a model beside the database.

import type { Json } from '../../src/resource/field.ts'
import type { Step } from './random-evolution.ts'
import {
  type FieldOfWorld,
  fieldOf,
  isMade,
  isSent,
  type ResourceOfWorld,
  served,
  type Values,
  type World,
} from './random-world.ts'

export interface RowOfWorld {
  readonly number: number
  values: Values
  /** Whoever created it in a resource with owners; nobody otherwise. */
  owner: string
  /** Where the server made the key, and told it. */
  id?: number
  /** As it was returned last; not known where it may be another one since. */
  tag?: string | undefined
  /** Of a state that is no more. */
  staleTag?: string | undefined
  /** Of another form of the row, as the definition before showed it. */
  otherTag?: string | undefined
}

interface Fallen {
  readonly resource: ResourceOfWorld
  readonly row: RowOfWorld
}

interface Loosened {
  readonly row: RowOfWorld
  readonly field: FieldOfWorld
  /** Of the row that is gone. */
  readonly number: number
}

interface Fall {
  readonly isRefused: boolean | undefined
  readonly gone: readonly Fallen[]
  readonly loosened: readonly Loosened[]
}

export class RowsOfWorld {
  readonly #rows = new Map<number, RowOfWorld[]>()
  /** Those that were deleted: a column that is left may refer to one that is kept. */
  readonly #deleted: RowOfWorld[] = []
  #last = 0

  of({ id }: { readonly id: number }): RowOfWorld[] {
    const rows = this.#rows.get(id) ?? []
    this.#rows.set(id, rows)
    return rows
  }

  add(resource: ResourceOfWorld, row: Omit<RowOfWorld, 'number'>): void {
    this.of(resource).push({ ...row, number: ++this.#last })
  }

  /** Brings one back that was deleted. */
  restore(resource: ResourceOfWorld, row: RowOfWorld): void {
    this.#deleted.splice(this.#deleted.indexOf(row), 1)
    this.of(resource).push(row)
  }

  remove(resource: ResourceOfWorld, row: RowOfWorld): void {
    this.#deleted.push(row)
    this.#rows.set(
      resource.id,
      this.of(resource).filter(other => other !== row),
    )
  }

  /** Nothing where it is not known yet. */
  keyOf({ key }: ResourceOfWorld, { id, values }: RowOfWorld): Json | undefined {
    return key === undefined ? id : values.get(key)
  }

  /** What a row is to its callers, without what is not known yet. */
  body(world: World, resource: ResourceOfWorld, row: RowOfWorld): Record<string, Json> {
    const key = resource.key === undefined && row.id !== undefined ? { id: row.id } : {}
    const computed = resource.computes ? { seven: 7 } : {}
    return { ...key, ...this.members(world, resource.fields, row.values), ...computed }
  }

  /** What callers see of values. */
  members(world: World, fields: readonly FieldOfWorld[], values: Values): Record<string, Json> {
    return Object.fromEntries(
      fields.flatMap(field => {
        const value = this.#valueOf(world, field, values)
        if (field.kind === 'password' || (isMade(field) && value === undefined)) return []
        return [[field.name, this.#shown(world, field, value ?? null)]]
      }),
    )
  }

  /** What callers send to have such values. */
  sent(world: World, fields: readonly FieldOfWorld[], values: Values): Record<string, Json> {
    return Object.fromEntries(
      fields
        .filter(isSent)
        .map(field => [field.name, this.#shown(world, field, values.get(field.id) ?? null)]),
    )
  }

  /** Its own, or that of the row to which it refers. */
  #valueOf(world: World, { id, from }: FieldOfWorld, values: Values): Json | undefined {
    if (from === undefined) return values.get(id)
    const [reference, member] = from
    const target = world.find(({ id }) => id === fieldOf(world, reference)?.target)
    const row = target && this.of(target).find(({ number }) => number === values.get(reference))
    return row?.values.get(member)
  }

  /** A reference is shown as the key of the row that it refers to, and a member of that row as that row shows it. */
  #shown(world: World, field: FieldOfWorld, value: Json): Json {
    const source = field.from && fieldOf(world, field.from[1])
    if (source !== undefined) return this.#shown(world, source, value)
    const resource = world.find(({ id }) => id === field.target)
    if (field.kind === 'keys')
      return ((value ?? []) as number[]).map(number => this.#keyShown(resource, number))
    return value === null ? null : resource === undefined ? value : this.#keyShown(resource, value)
  }

  #keyShown(resource: ResourceOfWorld | undefined, number: Json): Json {
    if (resource === undefined) return null
    const row = [...this.of(resource), ...this.#deleted].find(row => row.number === number)
    return (row && this.keyOf(resource, row)) ?? null
  }

  /** Those that a row of this owner must differ from. */
  #peers(resource: ResourceOfWorld, owner: string, but?: RowOfWorld): readonly RowOfWorld[] {
    return this.of(resource).filter(row => row !== but && (!resource.owner || row.owner === owner))
  }

  /** Whether a row would have a value that is to be unique, and another row has it. */
  isShared(
    resource: ResourceOfWorld,
    { values, owner }: Pick<RowOfWorld, 'values' | 'owner'>,
    but?: RowOfWorld,
  ): boolean {
    const isTaken = (set: readonly number[], rows: readonly RowOfWorld[]) =>
      set.every(id => (values.get(id) ?? null) !== null) &&
      rows.some(row => set.every(id => row.values.get(id) === values.get(id)))
    const peers = this.#peers(resource, owner, but)
    const others = this.of(resource).filter(row => row !== but)
    return (
      [...resource.unique.map(id => [id]), ...resource.pairs].some(set => isTaken(set, peers)) ||
      (resource.key !== undefined && isTaken([resource.key], others))
    )
  }

  /**
   * What becomes of other rows when one is deleted; `isRefused` where it stays, and nothing where that depends on which is
   * deleted first. A column that is left refers by the database alone, which does not mind where deleted rows are kept.
   */
  fall(world: World, resource: ResourceOfWorld, row: RowOfWorld): Fall {
    const gone: Fallen[] = [{ resource, row }]
    const loosened: Loosened[] = []
    let isRefused: boolean | undefined = false
    for (const { resource: target, row: fallen } of gone)
      for (const referrer of this.#referrersOf(world, target, fallen)) {
        const isGone = gone.some(({ row }) => row === referrer.row)
        if (referrer.isLeft && target.keepDeleted) continue
        const { onDelete } = referrer.field
        if (referrer.isLeft || onDelete === undefined) isRefused = isGone ? undefined : true
        else if (onDelete !== 'cascade') loosened.push({ ...referrer, number: fallen.number })
        else if (!isGone) gone.push(referrer)
        if (isRefused !== false) return { isRefused, gone: [], loosened: [] }
      }
    return { isRefused, gone, loosened }
  }

  #referrersOf(world: World, target: ResourceOfWorld, { number }: RowOfWorld) {
    const refers = (value: Json | undefined) =>
      Array.isArray(value) ? value.includes(number) : value === number
    return world.flatMap(resource =>
      [...resource.fields, ...resource.gone]
        .filter(field => field.target === target.id)
        .flatMap(field => {
          const isLeft = resource.isGone || resource.gone.includes(field)
          const rows = this.of(resource).filter(({ values }) => refers(values.get(field.id)))
          return rows.map(row => ({ resource, field, row, isLeft }))
        }),
    )
  }

  /** A row refers to another one no more. */
  loosen({ row, field, number }: Loosened): void {
    const value = row.values.get(field.id)
    const others = Array.isArray(value) ? value.filter(other => other !== number) : null
    row.values = new Map([...row.values, [field.id, others]])
    row.staleTag = row.tag
    row.tag = undefined
  }

  /** What becomes of the values, owners and keys; and of the tags, where callers see another row than before. */
  take({ world, changed, row: change }: Step, before: World): void {
    const shared = served(world).flatMap(resource => {
      const old = before.find(({ id, isGone }) => id === resource.id && !isGone)
      return old === undefined ? [] : [{ old, resource }]
    })
    const shown = shared.map(({ old, resource }) => this.#common(before, old, resource))
    for (const { old, resource } of shared)
      for (const row of this.of(resource)) {
        if (resource.id === changed && change !== undefined) row.values = change(row.values)
        if (!resource.owner) row.owner = ''
        if (old.key !== resource.key) delete row.id
      }
    for (const [index, { old, resource }] of shared.entries()) {
      const now = this.#common(world, resource, old)
      const isSameShape = namesOf(old) === namesOf(resource) && old.key === resource.key
      for (const row of this.of(resource)) {
        const isOther = shown[index]?.get(row) !== now.get(row)
        if (isOther && old.key === resource.key) row.staleTag = row.tag
        row.otherTag = isOther || isSameShape ? undefined : row.tag
        if (isOther || !isSameShape) row.tag = undefined
      }
    }
  }

  /** What rows say by themselves in the fields that another definition has, too, and what they keep to themselves. */
  #common(world: World, resource: ResourceOfWorld, other: ResourceOfWorld) {
    const fields = resource.fields
      .filter(({ id, from }) => from === undefined && other.fields.some(field => field.id === id))
      .map(field => ({ ...field, name: `${field.id}` }))
    const passwords = fields.filter(({ kind }) => kind === 'password')
    const texts = this.of(resource).map(row => {
      const hidden = passwords.map(({ id }) => row.values.get(id) ?? null)
      return [row, toText({ ...this.members(world, fields, row.values), hidden })] as const
    })
    return new Map(texts)
  }
}

function namesOf({ fields }: ResourceOfWorld): string {
  return fields
    .map(({ id, name, kind }) => `${id} ${name} ${kind}`)
    .sort()
    .join()
}

function toText(members: Record<string, Json>): string {
  return JSON.stringify(Object.entries(members).sort())
}
