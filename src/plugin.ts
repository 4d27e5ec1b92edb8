// `restwell/fastify`: the resources of a project inside a Fastify application, and the project's own plugins in a service.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { anonymousPrincipal, type Principal } from './access/access.ts'
import { type AppOptions, buildApp } from './app.ts'
import { readAbout } from './commands/about.ts'
import { migrateModels } from './commands/tables.ts'
import { loadModels, schemasFolder } from './definitions/load.ts'
import { openStore } from './store/open.ts'

export {
  type Plugin,
  type PluginApp,
  type PluginOptions,
  type PluginService,
  plugin,
} from './server/own-plugin.ts'

/** The caller, where the application knows it. */
export interface HostCaller {
  /** Always the same for one caller; rows belong to it. */
  readonly id: string
  /** `books:read`, `books:write`, `books:admin`, or `*` for everything. */
  readonly scopes: readonly string[]
  /** Claims for hooks, actions and views. */
  readonly claims?: Readonly<Record<string, unknown>>
}

export interface RestwellOptions {
  /** The folder of the definitions; `schemas` of the working folder by default. */
  readonly schemas?: string
  /** `sqlite:<file>` or `postgres://…`; `sqlite:./data/restwell.db` by default. */
  readonly database?: string
  /** `required`: callers need an API key; `none`: all may do everything. By default they need one. */
  readonly auth?: 'none' | 'required'
  /** Finds who calls instead of API keys, by the application's own means; nothing for a caller without credentials. */
  readonly caller?: (request: FastifyRequest) => HostCaller | undefined
  /** Whether the document, Swagger UI and the console are served; true by default. */
  readonly docs?: boolean
  /** Where the resources are, such as `/api`. */
  readonly prefix?: string
}

/**
 * Registers the resources. They are a service of their own that gets the requests below the prefix as they arrived: hooks
 * of the application that run on `onRequest` see them, and later ones do not.
 */
export async function restwell(host: FastifyInstance, options: RestwellOptions): Promise<void> {
  const models = await loadModels(options.schemas ?? schemasFolder)
  const store = openStore(options.database ?? 'sqlite:./data/restwell.db', { exclusive: true })
  host.addHook('onClose', () => store.close())
  const about = await readAbout('0.0.0')
  const { version } = about
  await migrateModels(store, { models, version })
  const callers = new WeakMap<object, Principal>()
  const app = await buildApp({
    models,
    store,
    about,
    version,
    logger: host.log,
    web: { prefix: host.prefix, docs: options.docs ?? true },
    ...accessOf(models.models, options, callers),
  })
  await app.ready()
  host.addHook('preClose', () => app.close())
  const handle = async (request: FastifyRequest, reply: FastifyReply) => {
    const caller = options.caller?.(request)
    if (caller !== undefined) callers.set(request.raw, toPrincipal(caller))
    reply.hijack()
    app.routing(request.raw, reply.raw)
  }
  for (const url of ['/', '/*'])
    host.route({ method: host.supportedMethods, url, onRequest: handle, handler: unreached })
}

type Access = Pick<AppOptions, 'access' | 'authenticate'>

function accessOf(
  models: AppOptions['models']['models'],
  { auth = 'required', caller }: RestwellOptions,
  callers: WeakMap<object, Principal>,
): Access {
  if (auth === 'none') return {}
  const open = models.filter(({ publicRead }) => publicRead).map(({ name }) => name)
  const access = { required: true, publicRead: new Set(open) }
  if (caller === undefined) return { access }
  const authenticate: Access['authenticate'] = (_authorization, source) =>
    callers.get((source as FastifyRequest).raw) ?? anonymousPrincipal
  return { access, authenticate }
}

function toPrincipal({ id, scopes, claims = {} }: HostCaller): Principal {
  return { id, kind: 'token', scopes: new Set(scopes), plan: undefined, claims }
}

/** The request is hijacked before. */
async function unreached(): Promise<void> {}
