// The contract of an operation, which is one method at one address. Routes, document and access ask it for its properties,
// never for its name.

import type { RequestHeader, ResponseHeader } from '../http/header-names.ts'
import type { Preference } from '../http/prefer.ts'
import type { ProblemKind } from '../http/problem.ts'
import type { Representation } from '../http/representation.ts'
import type { Parameter } from '../query/parameter.ts'
import type { ListParameters } from '../query/query.ts'
import type { SummaryParameters } from '../query/summary.ts'
import type { OwnAction, OwnView } from '../resource/actions.ts'
import type { Below } from '../resource/example.ts'
import type { Field, JsonSchema } from '../resource/field.ts'
import type { Model, Reference } from '../resource/model.ts'
import type { Row } from '../resource/row.ts'
import type { Run } from './run.ts'

/** Properties that only one kind of operation has. */
interface Own {
  readonly list: { readonly list: ListParameters }
  readonly create: object
  readonly read: {
    /** In seconds, when a row that is not yet as it will be is to be read again. */
    readonly retryAfter?: (model: Model, row: Row) => number | undefined
  }
  readonly replace: object
  readonly update: object
  readonly delete: object
  readonly restore: object
  readonly action: { readonly action: Run }
  readonly perform: { readonly action: OwnAction }
  readonly view: { readonly view: OwnView }
  readonly summary: { readonly offered: SummaryParameters }
}

export type OperationKind = keyof Own

export type OperationOf<K extends OperationKind> = Described & { readonly kind: K } & Own[K]

export type Operation = { [K in OperationKind]: OperationOf<K> }[OperationKind]

export interface Described {
  /** The operationId of the document: `listEventGuests`. */
  readonly id: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Whether its address is that of one row, or of all of them. */
  readonly on: 'collection' | 'member'
  /** As in the document: `/events/{event_id}/guests`. */
  readonly path: string
  readonly model: Model
  /** The file that has its code, if a resource brings its own. */
  readonly file?: string
  /** On a nested address, the reference whose value the address gives. */
  readonly parent: Reference | undefined
  /** On a nested address, the parent in the examples. */
  readonly below: Below | undefined
  readonly summary: string
  readonly description: string
  readonly pathParameters: readonly Parameter[]
  readonly queryParameters: readonly Parameter[]
  /** The header fields of the request that matter to it. */
  readonly requestHeaders: readonly RequestHeader[]
  readonly preferences: readonly Preference[]
  /** The bodies that it accepts, with the preferred media type first; none for an operation without a body. */
  readonly bodies: readonly Body[]
  /** Their media types. */
  readonly accepts: readonly string[]
  /** The representations of the response, the default first; none where it has no body. */
  readonly offers: readonly Representation[]
  readonly successes: readonly Success[]
  /** The schemas that it brings, beside those of its resource. */
  readonly components?: readonly JsonSchema[]
  readonly problems: readonly ProblemKind[]
  /** The scope that the caller needs; undefined where any caller with credentials is let in. */
  readonly scope: string | undefined
  /** Whether caches may keep its responses, and revalidate them. */
  readonly cacheable: boolean
}

/** A body of one media type. */
export interface Body {
  readonly type: string
  readonly shape: JsonSchema
  readonly example: unknown
  /** Whether the document leaves it out, because it means the same as another. */
  readonly isAlias?: boolean
}

/** Without an example it has that of its schema. */
export interface Content {
  readonly schema: JsonSchema
  readonly example?: unknown
  /** Whether its schema shows the same example. */
  readonly hasSchemaExample?: boolean
  /** Of the rows in it, where there are rows of a resource. */
  readonly fields?: readonly Field[]
}

export interface Success {
  readonly status: number
  readonly description: string
  /** The header fields that it may have, in addition to those of every response. */
  readonly headers: readonly ResponseHeader[]
  /** Its body; undefined for a response without one. */
  readonly content?: Content
  /** Bodies of other media types, that are no representations of the same. */
  readonly others?: Readonly<Record<string, Content>>
  /** The name of the response in the document, if several operations have it. */
  readonly component?: string
}
