// What a call takes and returns, derived from the generated types.

import type { MaybeOptionalInit } from 'openapi-fetch'
import type {
  HttpMethod,
  OperationRequestBodyContent,
  PathsWithMethod,
  RequiredKeysOf,
  ResponseObjectMap,
  SuccessResponse,
} from 'openapi-typescript-helpers'
import type { paths } from './api.ts'
import type { AnyRows } from './row-body.ts'

/** It may be left out where nothing in it is required. */
type InitParam<Init> = RequiredKeysOf<Init> extends never ? [Init?] : [Init]

export type Path<M extends HttpMethod> = PathsWithMethod<paths, M>

type Operation<P extends Path<M>, M extends HttpMethod> = paths[P][M & keyof paths[P]]

type Success<O> =
  O extends Record<string | number, unknown>
    ? SuccessResponse<Omit<ResponseObjectMap<O>, 202>, 'application/json'>
    : never

/** Whether the caller may choose the members that it returns. */
type HasFields<O> = O extends { parameters: { query?: infer Query } }
  ? 'fields' extends keyof NonNullable<Query>
    ? true
    : false
  : false

/**
 * What a read returns of its own accord. In the document no member of it is required, because a caller may choose others;
 * but a list that shows only some of them names those.
 */
type Shown<T> = T extends readonly (infer Item)[]
  ? Shown<Item>[]
  : T extends object
    ? Partial<T> extends T
      ? Required<T>
      : Pick<T, RequiredKeysOf<T>>
    : never

/** The members that were chosen. */
type Chosen<T, Field> = T extends readonly (infer Item)[]
  ? Chosen<Item, Field>[]
  : T extends object
    ? Required<Pick<T, Field & keyof T>>
    : never

/** `sales` of `sales.event`. */
type First<Name> = Name extends `${infer Word}.${string}` ? Word : Name

/** The members that a call may have included. */
type Includable<O> = O extends { parameters: { query?: { include?: infer Names } } }
  ? NonNullable<Names> extends readonly (infer Name extends string)[]
    ? First<Name>
    : never
  : never

/** Those that it has included. */
type Included<Init> = Init extends {
  params: { query: { include: readonly (infer Name)[] } }
}
  ? First<Name>
  : never

/** The members of the row itself. */
type Own<T, Related> = [Related] extends [never]
  ? T
  : T extends readonly (infer Item)[]
    ? Own<Item, Related>[]
    : Omit<T, Related & PropertyKey>

type With<T, From, Related> = [Related] extends [never]
  ? T
  : T extends readonly (infer Item)[]
    ? From extends readonly (infer Full)[]
      ? With<Item, Full, Related>[]
      : never
    : T & Required<Pick<From, Related & keyof From>>

type Data<O, Init> = With<RowData<O, Init>, Success<O>, Included<Init>>

type RowData<O, Init> = Init extends {
  params: { query: { fields: readonly (infer Field)[] } }
}
  ? Chosen<Success<O>, Field>
  : HasFields<O> extends true
    ? Shown<Own<Success<O>, Includable<O>>>
    : [Success<O>] extends [never]
      ? undefined
      : Success<O>

/** What a response without a body may have been asked for by: a 304, or `return=minimal`. */
type MayBeEmpty<Init> = Init extends
  | { params: { header: { 'If-None-Match': unknown } } }
  | { params: { header: { Prefer: unknown } } }
  ? true
  : false

/** The body where it is not to be parsed as JSON. */
interface Unparsed {
  readonly arrayBuffer: ArrayBuffer
  readonly blob: Blob
  readonly stream: ReadableStream<Uint8Array>
  readonly text: string
}

type Body<O, Init> = Init extends { parseAs: infer Form extends keyof Unparsed }
  ? Unparsed[Form]
  : Data<O, Init>

export interface Answer<O, Init> {
  /** The body; undefined if there is none, as with `Prefer: return=minimal` or a 304. */
  readonly data: MayBeEmpty<Init> extends true ? Body<O, Init> | undefined : Body<O, Init>
  readonly response: Response
}

export type Call<M extends HttpMethod> = <
  P extends Path<M>,
  Init extends MaybeOptionalInit<paths[P], M & keyof paths[P]>,
>(
  path: P,
  ...init: InitParam<Init>
) => Promise<Answer<Operation<P, M>, Init>>

/** The addresses of lists. */
type ListPath = {
  [P in Path<'get'>]: Success<Operation<P, 'get'>> extends readonly unknown[] ? P : never
}[Path<'get'>]

type Item<P extends ListPath, Init> =
  Data<Operation<P, 'get'>, Init> extends readonly (infer Row)[] ? Row : never

/** A row of a list, as the list shows it of its own accord: `Row<'/books'>`. */
export type Row<P extends ListPath> = Item<P, object>

/** Rows of a list. */
export interface Page<Row> {
  readonly rows: readonly Row[]
  /** For the query of the next page; undefined on the last one. */
  readonly cursor: string | undefined
  /** The number of all matches, if `Prefer: count=exact` asked for it. */
  readonly total: number | undefined
  readonly response: Response
}

type ListCall<Result extends 'page' | 'pages' | 'rows'> = <
  P extends ListPath,
  Init extends MaybeOptionalInit<paths[P], 'get'>,
>(
  path: P,
  ...init: InitParam<Init>
) => {
  readonly page: Promise<Page<Item<P, Init>>>
  readonly pages: AsyncGenerator<Page<Item<P, Init>>, void>
  readonly rows: AsyncGenerator<Item<P, Init>, void>
}[Result]

export type PageOf = ListCall<'page'>
export type Pages = ListCall<'pages'>
export type Rows = ListCall<'rows'>

type PathParameters<P extends Path<'patch'>> = paths[P]['patch'] extends {
  parameters: { path: infer Parameters }
}
  ? Parameters
  : never

type Patch<P extends Path<'patch'>> = Exclude<
  OperationRequestBodyContent<paths[P]['patch']>,
  readonly unknown[]
>

export type Change = <P extends Path<'patch'> & Path<'get'>>(
  path: P,
  parameters: PathParameters<P>,
  edit: (current: Data<Operation<P, 'get'>, object>) => Patch<P> | Promise<Patch<P>>,
  init?: { readonly signal?: AbortSignal; readonly headers?: Readonly<Record<string, string>> },
) => Promise<Answer<Operation<P, 'patch'>, object>>

/** The addresses at which rows are created. */
type StorePath = {
  [P in Path<'post'>]: paths[P]['post'] extends {
    requestBody: { content: { 'application/x-ndjson': unknown } }
  }
    ? P
    : never
}[Path<'post'>]

type Creation<P extends StorePath> = paths[P]['post'] extends {
  requestBody: { content: { 'application/json': infer Row } }
}
  ? Row
  : never

/** How many rows were stored. */
export interface Stored {
  readonly created: number
  /** With `on_duplicate: 'replace'`. */
  readonly replaced?: number
  /** With `on_duplicate: 'skip'`. */
  readonly skipped?: number
  readonly response: Response
}

type StoreInit<P extends StorePath> = {
  readonly params?: paths[P]['post'] extends { parameters: infer Parameters }
    ? Pick<Parameters, keyof Parameters & ('query' | 'path')>
    : never
  readonly signal?: AbortSignal
  readonly headers?: Readonly<Record<string, string>>
}

export type Store = <P extends StorePath>(
  path: P,
  rows: AnyRows<Creation<P>> | Blob,
  init?: StoreInit<P>,
) => Promise<Stored>

/** What becomes of rows that are stored later. */
export interface Import {
  readonly id: number
  /** `done`: all rows are stored; any other word: none. */
  readonly state: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled'
  readonly rows_read: number
  readonly created: number
  readonly replaced: number
  readonly skipped: number
  readonly refused: number
  /** Why it failed. */
  readonly detail: string | null
  /** What is wrong, by line: the first hundred. */
  readonly findings: readonly {
    readonly line?: number
    readonly pointer?: string
    readonly detail: string
  }[]
  readonly more_findings: number
}

export type StoreLater = <P extends StorePath>(
  path: P,
  rows: AnyRows<Creation<P>> | Blob,
  init?: StoreInit<P> & {
    /** Is told from time to time how far it is. */
    readonly onProgress?: (progress: Import) => void
  },
) => Promise<Import>
