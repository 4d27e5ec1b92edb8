// Registers the project's own plugins: their routes have the service's credentials, quotas, problems and place in the document.

import fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type RouteHandlerMethod,
  type RouteOptions,
} from 'fastify'
import type { OwnRoute, OwnSchema } from '../docs/own-routes.ts'
import { cacheFields } from '../handlers/call.ts'
import type { Engine } from '../handlers/engine.ts'
import { ownFault } from '../handlers/own-code.ts'
import { readFor, writeFor } from '../handlers/own-work.ts'
import { Problem, type ProblemKind, problems } from '../http/problem.ts'
import { pascalCase } from '../resource/model.ts'
import { bodyText, parseJson } from './body.ts'
import type { OwnPlugin, PluginOptions, PluginService } from './own-plugin.ts'
import { validateOwnRoutes } from './validation.ts'

export function scopesOf(plugins: readonly PluginOptions[]): readonly string[] {
  return plugins.flatMap(({ scopes = [] }) => scopes)
}

declare module 'fastify' {
  interface FastifyInstance {
    /** The routes of the project's plugins. */
    ownRoutes: readonly OwnRoute[]
    /** The name of the plugin that this part of the app belongs to. */
    ownPlugin?: string
  }
}

/** Registers the plugins, each with a service of its own, and gives their routes. */
export async function registerPlugins(
  app: FastifyInstance,
  serviceFor: (file: string) => PluginService,
  plugins: readonly OwnPlugin[],
): Promise<readonly OwnRoute[]> {
  const routes: OwnRoute[] = []
  for (const plugin of plugins)
    try {
      const found = await registerPlugin(app, serviceFor(plugin.file), plugin)
      routes.push(...found)
    } catch (error) {
      throw new Error(`${plugin.file} cannot be registered: ${(error as Error).message}`, {
        cause: error,
      })
    }
  return routes
}

async function registerPlugin(
  app: FastifyInstance,
  service: PluginService,
  { file, name, register }: OwnPlugin,
): Promise<readonly OwnRoute[]> {
  const routes: OwnRoute[] = []
  await app.register(async child => {
    child.decorate('ownPlugin', name)
    child.addHook('onRoute', route => {
      route.handler = blaming(file, route)
      routes.push(...toOwnRoutes(name, route))
    })
    child.addHook('onSend', addCacheFields)
    takeJson(child)
    validateOwnRoutes(child)
    // A plugin of a package adds to what it is registered on, and that is this child.
    await child.register(async (inner: FastifyInstance) => register(inner as never, service))
  })
  return routes
}

/** Throws an `Error` for a route with a scope that no key can have. */
export function requireGrantable(
  plugins: readonly OwnPlugin[],
  routes: readonly OwnRoute[],
  grantable: readonly string[],
): void {
  for (const { tag, method, path, scope } of routes)
    if (scope !== undefined && !grantable.includes(scope))
      throw new Error(
        `${fileOf(plugins, tag)}: ${method} ${path} needs the scope ${scope}, which no key can have; name it: plugin(…, { scopes: ['${scope}'] })`,
      )
}

const fileOf = (plugins: readonly OwnPlugin[], tag: string) =>
  plugins.find(({ name }) => name === tag)?.file

/** An error that a route's code throws is its fault, unless it is a refusal. */
function blaming(file: string, { method, url, handler }: RouteOptions): RouteHandlerMethod {
  const blame = (error: unknown) => {
    throw refusalOf(error) ?? ownFault(`the route ${method} ${url}`, file, error)
  }
  return function (request, reply) {
    try {
      const answered: unknown = handler.call(this, request, reply)
      return answered instanceof Promise ? answered.catch(blame) : answered
    } catch (error) {
      return blame(error)
    }
  }
}

/** Packages for Fastify refuse by an error with a status. */
function refusalOf(error: unknown): Problem | undefined {
  if (!(error instanceof Error && 'statusCode' in error)) return undefined
  const kinds = Object.keys(problems) as ProblemKind[]
  const kind = kinds.find(name => problems[name].status === error.statusCode)
  return kind === undefined || problems[kind].status >= 500
    ? undefined
    : new Problem(kind, { detail: error.message })
}

/** The routes of plugins, for commands that serve nothing; no database is opened. */
export async function collectRoutes(plugins: readonly OwnPlugin[]): Promise<readonly OwnRoute[]> {
  const app = fastify()
  const refuse = () => {
    throw new Error('There is no database while the routes of plugins are looked at.')
  }
  const service = { callerOf: refuse, read: refuse, write: refuse }
  try {
    const routes = await registerPlugins(app, () => service, plugins)
    await app.ready()
    return routes
  } finally {
    await app.close()
  }
}

export function pluginService(engine: Engine, file: string): PluginService {
  const askerOf = ({ id, principal: caller, log }: FastifyRequest) => ({ id, caller, log, file })
  return {
    callerOf: ({ principal }) => principal,
    read: (request, code) => readFor(engine, askerOf(request), code),
    write: (request, code) => writeFor(engine, askerOf(request), code),
  }
}

function toOwnRoutes(tag: string, route: RouteOptions & { path?: string }): readonly OwnRoute[] {
  const { method, url, schema = {}, config = {} } = route
  const methods = [method].flat().filter(name => !['HEAD', 'OPTIONS'].includes(name))
  const { scope, anyone = false, open = false } = config
  const { operationId } = schema as { operationId?: string }
  return methods.map(name => ({
    tag,
    method: name,
    path: url.replaceAll(/:(\w+)\??/g, '{$1}'),
    id: operationId ?? name.toLowerCase() + pascalCase(url.replaceAll(/\W+/g, '_')),
    schema: schema as OwnSchema,
    scope,
    anyone: anyone || open,
    hidden: schema.hide === true,
  }))
}

/** A response to a known caller is private, unless the route says otherwise. */
async function addCacheFields({ principal }: FastifyRequest, reply: FastifyReply): Promise<void> {
  if (reply.statusCode >= 400) return
  for (const [name, value] of Object.entries(cacheFields(principal)))
    if (!reply.hasHeader(name)) reply.header(name, value)
}

/** JSON as everywhere; a plugin may add parsers for other media types. */
function takeJson(child: FastifyInstance): void {
  child.removeAllContentTypeParsers()
  child.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    async (request: FastifyRequest, body: Buffer) => {
      request.bodyText = bodyText(request, body)
      return parseJson(request.bodyText)
    },
  )
}
