// A Fastify plugin of the project's own: what its file defines, and what it is given.

import type { Static, TSchema } from '@sinclair/typebox'
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyRequest,
  FastifyTypeProvider,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify'
import type { Caller } from '../resource/caller.ts'
import type { Db, Reading } from '../resource/db.ts'
import type { OwnWork } from '../resource/own-work.ts'

/** The types of parameters, bodies and responses are those of their TypeBox schemas. */
export interface TypeBoxTypes extends FastifyTypeProvider {
  validator: this['schema'] extends TSchema ? Static<this['schema']> : unknown
  serializer: this['schema'] extends TSchema ? Static<this['schema']> : unknown
}

/** The part of the service that is the plugin's: what it adds to it no other plugin has. */
export type PluginApp = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypes
>

/** The service as a plugin sees it. */
export interface PluginService {
  /** The caller of a request. */
  callerOf(request: FastifyRequest): Caller
  /** Runs code that reads, in one state of the database. It is a generator, and may be started again. */
  read<T>(request: FastifyRequest, code: OwnWork<Reading, T>): Promise<T>
  /** Runs code that reads and writes, in one transaction; a `Refusal` that it throws undoes everything. */
  write<T>(request: FastifyRequest, code: OwnWork<Db, T>): Promise<T>
}

export type Register = (app: PluginApp, service: PluginService) => void | Promise<void>

export interface PluginOptions {
  /** The subject of its routes, for the document. */
  readonly description?: string
  /** Scopes of its routes that no resource has, such as `rates:write`, so that keys can have them. */
  readonly scopes?: readonly string[]
}

export interface Plugin extends PluginOptions {
  readonly register: Register
}

/** A plugin and where it is from. */
export interface OwnPlugin extends Plugin {
  readonly file: string
  readonly name: string
}

/** Defines a plugin, so that the types of its routes are known. It is the default export of a file of `plugins/`. */
export function plugin(register: Register, options: PluginOptions = {}): Plugin {
  return { ...options, register }
}
