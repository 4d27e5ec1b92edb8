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

/** It may be left out where nothing in it is required. */
type InitParam<Init> = RequiredKeysOf<Init> extends never ? [Init?] : [Init]

export type Path<M extends HttpMethod> = PathsWithMethod<paths, M>

type Operation<P extends Path<M>, M extends HttpMethod> = paths[P][M & keyof paths[P]]

type Success<O> =
  O extends Record<string | number, unknown>
    ? SuccessResponse<ResponseObjectMap<O>, 'application/json'>
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

export type Data<O, Init> = Init extends { params: { query: { fields: readonly (infer Field)[] } } }
  ? Chosen<Success<O>, Field>
  : HasFields<O> extends true
    ? Shown<Success<O>>
    : [Success<O>] extends [never]
      ? undefined
      : Success<O>

export interface Answer<O, Init> {
  /** The body; there is none with `Prefer: return=minimal`. */
  readonly data: Data<O, Init>
  readonly response: Response
}

export type Call<M extends HttpMethod> = <
  P extends Path<M>,
  Init extends MaybeOptionalInit<paths[P], M & keyof paths[P]>,
>(
  path: P,
  ...init: InitParam<Init>
) => Promise<Answer<Operation<P, M>, Init>>

type HeaderName<O> = O extends { parameters: { header?: infer Header } }
  ? keyof NonNullable<Header>
  : never

/** The addresses whose POST heeds no `Idempotency-Key`. */
export type WithoutKey = {
  [P in Path<'post'>]: 'Idempotency-Key' extends HeaderName<Operation<P, 'post'>> ? never : P
}[Path<'post'>]

/** The addresses of lists. */
type ListPath = {
  [P in Path<'get'>]: Success<Operation<P, 'get'>> extends readonly unknown[] ? P : never
}[Path<'get'>]

export type Pages = <P extends ListPath, Init extends MaybeOptionalInit<paths[P], 'get'>>(
  path: P,
  ...init: InitParam<Init>
) => AsyncGenerator<Data<Operation<P, 'get'>, Init> extends readonly (infer Item)[] ? Item : never>

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
) => Promise<Answer<Operation<P, 'patch'>, object>>
