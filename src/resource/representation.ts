// The types of rows, as the code of definitions sees them.

import type { Static, TObject, TProperties } from '@sinclair/typebox'

/** A row as hooks, actions and views see it: every member present, an absent optional as `null`. */
export type Representation<P extends TProperties, K extends string = never> = Complete<
  Static<TObject<P>>
> &
  ServerKey<K>

type Complete<T> = {
  [K in keyof T]-?: undefined extends T[K] ? Exclude<T[K], undefined> | null : T[K]
}
export type ServerKey<K extends string> = [K] extends [never] ? { id: number } : unknown

declare const rowType: unique symbol

/** A resource, by its rows. */
export interface Defined<Row> {
  readonly name: string
  /** Never there: it carries the type. */
  readonly [rowType]?: Row
}
