// What a random world's rows are, as far as callers can see: a model beside the database.

import type { Json } from '../../src/resource/field.ts'
import type { Step } from './random-evolution.ts'
import {
  type FieldOfWorld,
  isMade,
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
    return { ...key, ...this.members(world, resource.fields, row.values) }
  }

  members(world: World, fields: readonly FieldOfWorld[], values: Values): Record<string, Json> {
    return Object.fromEntries(
      fields.flatMap(field => {
        const value = values.get(field.id)
        if (isMade(field) && value === undefined) return []
        return [[field.name, this.#shown(world, field, value ?? null)]]
      }),
    )
  }

  /** A reference is shown as the key of the row that it refers to. */
  #shown(world: World, { target }: FieldOfWorld, value: Json): Json {
    const resource = world.find(({ id }) => id === target)
    if (resource === undefined || value === null) return value
    const row = [...this.of(resource), ...this.#deleted].find(({ number }) => number === value)
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
   * Whether another row refers to it. One in a column that is left does so by the database alone, which does not mind
   * where deleted rows are kept.
   */
  isReferred(world: World, target: ResourceOfWorld, row: RowOfWorld): boolean {
    const known = target.keepDeleted ? served(world) : world
    return known.some(resource =>
      [...resource.fields, ...(target.keepDeleted ? [] : resource.gone)].some(
        field =>
          field.target === target.id &&
          this.of(resource).some(
            other => other !== row && other.values.get(field.id) === row.number,
          ),
      ),
    )
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

  /** What rows say in the fields that another definition has, too. */
  #common(world: World, resource: ResourceOfWorld, other: ResourceOfWorld) {
    const fields = resource.fields
      .filter(({ id }) => other.fields.some(field => field.id === id))
      .map(field => ({ ...field, name: `${field.id}` }))
    const texts = this.of(resource).map(
      row => [row, toText(this.members(world, fields, row.values))] as const,
    )
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
