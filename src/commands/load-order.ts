// The order in which the records of files are stored: each after those that it refers to. In a circle, what may be null or
// empty is set afterwards.

import type { Field } from '../resource/field.ts'
import type { Model } from '../resource/model.ts'
import { ownMember, type SqlValue, toStored, type Values } from '../resource/row.ts'

interface Loaded {
  readonly model: Model
  readonly values: Values
}

export interface Ordered<R> {
  readonly record: R
  /** The fields whose values are set when all records are stored. */
  readonly later: readonly Field[]
}

interface Edge<R> {
  readonly field: Field
  readonly to: R
}

/** Each record after those that it refers to. */
export function inLoadOrder<R extends Loaded>(records: readonly R[]): readonly Ordered<R>[] {
  const edges = edgesBetween(records)
  const edgesOf = (record: R) => edges.get(record) ?? []
  const circles = circlesOf(records, edgesOf)
  const isFree = (record: R, { field, to }: Edge<R>) =>
    mayComeLater(field) && circles.get(record) === circles.get(to)
  const ordered = inOrder(records, record =>
    edgesOf(record)
      .filter(edge => !isFree(record, edge))
      .map(({ to }) => to),
  )
  const position = new Map(ordered.map((record, index) => [record, index]))
  const placeOf = (record: R) => position.get(record) ?? 0
  return ordered.map(record => {
    const later = edgesOf(record).filter(
      edge => isFree(record, edge) && placeOf(edge.to) >= placeOf(record),
    )
    return { record, later: [...new Set(later.map(({ field }) => field))] }
  })
}

function mayComeLater({ nullable, kind, schema }: Field): boolean {
  return nullable || (kind.isJoined === true && !schema.minItems)
}

function edgesBetween<R extends Loaded>(records: readonly R[]): ReadonlyMap<R, Edge<R>[]> {
  const nameOf = (model: string, key: unknown) => JSON.stringify([model, key])
  const named = new Map(
    records.map(record => {
      const { model, values } = record
      return [nameOf(model.name, toStored(model.key, ownMember(values, model.key.name))), record]
    }),
  )
  const toEdges = (record: R): Edge<R>[] =>
    keysIn(record).flatMap(({ field, model, key }) => {
      const to = key === null ? undefined : named.get(nameOf(model, key))
      return to === undefined ? [] : [{ field, to }]
    })
  return new Map(records.map(record => [record, toEdges(record)]))
}

/** The keys of the rows that a record refers to. */
function keysIn({ model: { references, links }, values }: Loaded) {
  const keys: { field: Field; model: string; key: SqlValue }[] = []
  for (const { field, model } of references)
    keys.push({ field, model, key: toStored(field, ownMember(values, field.name)) })
  for (const { field, model } of links)
    for (const key of [ownMember(values, field.name) ?? []].flat())
      keys.push({ field, model, key: key as SqlValue })
  return keys
}

/** For each record, one that stands for all that it is in a circle with (Kosaraju's algorithm). */
function circlesOf<R>(
  records: readonly R[],
  edgesOf: (record: R) => readonly Edge<R>[],
): ReadonlyMap<R, R> {
  const back = new Map<R, R[]>(records.map(record => [record, []]))
  for (const record of records) for (const { to } of edgesOf(record)) back.get(to)?.push(record)
  const circles = new Map<R, R>()
  for (const first of inOrder(records, record =>
    edgesOf(record).map(({ to }) => to),
  ).toReversed()) {
    const found = circles.has(first) ? [] : [first]
    for (const record of found) {
      circles.set(record, first)
      found.push(...(back.get(record) ?? []).filter(other => !circles.has(other)))
    }
  }
  return circles
}

/** Each after those that must be before it, as far as these make no circle; else as they stand. */
function inOrder<R>(records: readonly R[], before: (record: R) => readonly R[]): readonly R[] {
  const ordered = new Set<R>()
  const begun = new Set<R>()
  const waiting = records.toReversed()
  for (let record = waiting.at(-1); record !== undefined; record = waiting.at(-1)) {
    const first = begun.has(record) ? [] : before(record).filter(other => !begun.has(other))
    begun.add(record)
    if (first.length === 0) ordered.add(waiting.pop() as R)
    else waiting.push(...first)
  }
  return [...ordered]
}
