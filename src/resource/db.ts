// `db` in the code of a definition: other rows, in the language of the addresses and within the same transaction.

import type { Defined } from './representation.ts'
import type { Sql } from './sql.ts'

/** A question to `db`. `yield*` runs it and gives the result; without `yield*` nothing is asked. */
export type Asked<T> = Iterable<unknown, T, unknown>

/** The result of a definition's code: a value at once, or, from a generator, one that it had to ask for. */
export type Asking<T> = T | Generator<unknown, T, unknown>

/** The value of a key. */
type Key = string | number

/** The value of a field that can be filtered by; of a list, one that is in it. */
type Scalar<V> = Extract<V, string | number | boolean>
type Filterable<V> = Scalar<V> | (V extends readonly (infer Item)[] ? Scalar<Item> : never)

/** The filters for other values: `_ne` takes what the filter for a value takes. */
type Unequal<Row> = {
  readonly [F in keyof Row & string as Filterable<Row[F]> extends never ? never : `${F}_ne`]?:
    | Filterable<Row[F]>
    | readonly Filterable<Row[F]>[]
}

type Suffixed<Row, V, S extends string> = {
  readonly [F in keyof Row & string as Row[F] extends V | null ? `${F}${S}` : never]?: Scalar<
    Row[F]
  >
}

/** The filters of `GET /bookings?room_id=3&starts_at_lt=…` as an object. */
export type Filters<Row> = {
  readonly [F in keyof Row & string as Filterable<Row[F]> extends never ? never : F]?:
    | Filterable<Row[F]>
    | readonly Filterable<Row[F]>[]
} & Unequal<Row> &
  Suffixed<Row, string | number, '_gt' | '_gte' | '_lt' | '_lte'> &
  Suffixed<Row, string, '_contains' | '_icontains' | '_starts_with'> & {
    readonly [F in keyof Row & string as null extends Row[F] ? `${F}_is_null` : never]?: boolean
  } & {
    /** The fields of whose filters one is enough. */
    readonly or?: readonly (keyof Row & string)[]
    /** The fields that `filterableThrough` names. */
    readonly [through: `${string}.${string}`]: unknown
  }

/** Without a `limit`, all rows, of which there may be 10,000. */
export type ListOf<Row> = Filters<Row> & {
  /** As in an address: `'-area,name'`, or a list of such words. */
  readonly sort?: Order<Row> | readonly Order<Row>[]
  readonly limit?: number
}

type Order<Row> = `${'' | '-'}${keyof Row & string}` | `${'' | '-'}${keyof Row & string},${string}`

/** The part of `db` that only reads. */
export interface Reading {
  /** One row by its key. Where there is none, the caller is told that it does not exist. */
  read<Row>(resource: Defined<Row>, key: Key): Asked<Row>
  list<Row>(resource: Defined<Row>, wanted?: ListOf<NoInfer<Row>>): Asked<readonly Row[]>
  count<Row>(resource: Defined<Row>, wanted?: Filters<NoInfer<Row>>): Asked<number>
  /** Runs one statement that only reads; gives the rows as arrays of column values. */
  query(statement: Sql): Asked<readonly (readonly unknown[])[]>
}

/**
 * The part that also locks and writes. A write is checked and runs the hooks of its resource, like that of a caller; whose row it
 * is makes no difference, because the service asks. What it throws ends the transaction, whether it is caught or not.
 */
export interface Db extends Reading {
  /** The same as `read`, and nobody else changes the row before this transaction ends. */
  lock<Row>(resource: Defined<Row>, key: Key): Asked<Row>
  /** Stores a row; read-only members may be among the values. Gives it as it is stored. */
  create<Row>(resource: Defined<Row>, values: Partial<NoInfer<Row>>): Asked<Row>
  /** Changes these members of a row, and gives it as it is then. */
  change<Row>(resource: Defined<Row>, key: Key, members: Partial<NoInfer<Row>>): Asked<Row>
  /** Deletes a row, and gives it as it was. */
  remove<Row>(resource: Defined<Row>, key: Key): Asked<Row>
}
