// Actions and views: what a definition adds to the operations that every resource has.

import type { Static, TObject, TSchema } from '@sinclair/typebox'
import type { Caller } from './caller.ts'
import type { Asking, Db, Reading } from './db.ts'
import type { Field } from './field.ts'
import type { Log } from './hooks.ts'

interface Told {
  /** A few words on its effect: `Cancel an order`. */
  readonly summary: string
  readonly description?: string
  /** Whether its address is that of one row (the default), or of all of them. */
  readonly on?: 'member' | 'collection'
}

interface Given<Row> {
  /** The row that the address names; with `on: 'collection'` there is none. */
  readonly row: Row
  readonly caller: Caller
  readonly now: Date
  readonly log: Log
}

/** A change: `POST /orders/{id}/cancel`, or with `on: 'collection'`, `POST /orders/close`. */
interface Changing<Body extends TObject> extends Told {
  readonly body?: Body
  /** The scope that the caller needs; by default the one to write. */
  readonly scope?: string
}

type Doing<Row, Body extends TObject, Result> = (
  given: Given<Row> & { readonly body: Static<Body>; readonly db: Db },
) => Asking<Result>

/** An action whose response is the row. */
export interface RowAction<Row, Body extends TObject> extends Changing<Body> {
  readonly response?: undefined
  /**
   * Runs in one transaction, which may be started again. Returns what changes of the row. A `Refusal` that it throws
   * undoes everything.
   */
  readonly run: Doing<Row, Body, Partial<Row> | void>
}

/** An action whose response is something else. */
export interface ResultAction<Row, Body extends TObject, Response extends TSchema>
  extends Changing<Body> {
  readonly response: Response
  /** The same, but it returns what `response` says. */
  readonly run: Doing<Row, Body, Static<Response>>
}

/** Something that is computed: `GET /books/{id}/loans`, or with `on: 'collection'`, `GET /books/overdue`. */
export interface ViewDefinition<Row, Parameters extends TObject, Response extends TSchema>
  extends Told {
  /** The parameters of the query. */
  readonly parameters?: Parameters
  readonly response: Response
  /** The scope that the caller needs; by default the one to read. */
  readonly scope?: string
  /** Returns what `response` says. The database refuses whatever would write. */
  run(
    given: Given<Row> & { readonly parameters: Static<Parameters>; readonly db: Reading },
  ): Asking<Static<Response>>
}

declare const rowOf: unique symbol

/** A definition made by `action()` or `view()`, for the rows of one resource. */
interface Of<Row> {
  /** Never there: it carries the type. */
  [rowOf]?(row: Row): void
}

export type Action<Row> = Of<Row> & Told
export type View<Row> = Of<Row> & Told

/** Defines an action, so that the types of its body and of what it returns are known. */
export function action<Row, const Body extends TObject = never>(
  definition: RowAction<Row, Body>,
): Action<Row>
export function action<Row, const Response extends TSchema, const Body extends TObject = never>(
  definition: ResultAction<Row, Body, Response>,
): Action<Row>
export function action<Row>(definition: Action<Row>): Action<Row> {
  return Object.freeze(definition)
}

/** Defines a view, so that the types of its parameters and of what it returns are known. */
export function view<Row, const Response extends TSchema, const Parameters extends TObject = never>(
  definition: ViewDefinition<Row, Parameters, Response>,
): View<Row> {
  return Object.freeze(definition) as View<Row>
}

/** Either of them as the engine sees it: its body is read like the fields of a resource. */
interface Derived extends Told {
  readonly on: 'member' | 'collection'
  readonly name: string
  /** Its word in names of the document: `OrderCancel`. */
  readonly component: string
  readonly scope?: string
  readonly run: (given: unknown) => unknown
}
export interface OwnAction extends Derived {
  readonly body?: readonly Field[]
  readonly response?: TSchema
}
export interface OwnView extends Derived {
  readonly parameters?: readonly Field[]
  readonly response: TSchema
}
