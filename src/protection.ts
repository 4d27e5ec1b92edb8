// Turns the settings into the access policy, in such a way that nobody opens a service by mistake.

import { type AccessPolicy, openPolicy, type TokenSettings } from './access/access.ts'
import { tokenAlgorithms } from './access/token.ts'
import { parseTrustedProxies } from './access/trusted-proxies.ts'
import type { WebOptions } from './app.ts'
import type { Config } from './config.ts'
import { hostName, isLoopbackName, parsePrefix } from './http/message.ts'
import { consoleAddress, serviceDocuments, serviceOperations } from './http/service.ts'
import { countKeys, keyTable } from './keys/key-record.ts'
import { isLimited, type Model } from './resource/model.ts'
import { plain, type Store } from './store/store.ts'

/** Addresses that only this machine can reach. */
const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/

/**
 * Credentials are required if AUTH says so, or if there are any: an API key, even a revoked one, or the settings of an
 * identity provider. Otherwise the service is open, which is allowed only on loopback and with AUTH=none.
 */
export async function decideAccess(
  config: Config,
  models: readonly Model[],
  store: Store,
): Promise<AccessPolicy> {
  const { HOST, AUTH } = config
  const publicRead = readPublicRead(config, models)
  const tokens = readTokenSettings(config)
  if (AUTH === 'none') return openPolicy
  if (AUTH === 'required' || tokens !== undefined || (await hasKeys(store)))
    return { required: true, publicRead, ...(tokens && { tokens }) }
  if (loopback.test(HOST)) return openPolicy
  throw new Error(
    `HOST is ${HOST}, which others can reach, and there are no credentials: make a key with 'key create', ` +
      'listen on 127.0.0.1, or set AUTH=none to let everyone read and write.',
  )
}

/**
 * The host names by which callers may address the service; undefined: any. A service that only this machine reaches, and that
 * asks for no credentials, could still be reached by a web page whose own name is made to point here (DNS rebinding).
 */
export function decideHosts(
  { HOST, ALLOWED_HOSTS = '' }: Config,
  { required }: AccessPolicy,
): ((name: string) => boolean) | undefined {
  const allowed = new Set(listOf(ALLOWED_HOSTS).map(hostName))
  if (required || !loopback.test(HOST) || allowed.has('*')) return undefined
  return name => name === '' || isLoopbackName(name) || allowed.has(name)
}

/** Whether figures of the service are kept, which a service without credentials would show to everyone who reaches it. */
export function decideStatus({ HOST, STATUS }: Config, { required }: AccessPolicy): boolean {
  return STATUS === undefined ? required || loopback.test(HOST) : STATUS === 'on'
}

export async function hasKeys(store: Store): Promise<boolean> {
  // A new database has no tables yet.
  const tables = await store.query(plain(store.dialect.catalog))
  if (!tables.some(([table]) => table === keyTable)) return false
  const [row] = await store.query(countKeys)
  return Number(row?.[0]) > 0
}

function readPublicRead(
  { PUBLIC_READ = '' }: Config,
  models: readonly Model[],
): ReadonlySet<string> {
  const known = models.map(({ name }) => name)
  const defined = models.filter(({ publicRead }) => publicRead).map(({ name }) => name)
  const unlimited = models.filter(model => !isLimited(model)).map(({ name }) => name)
  if (PUBLIC_READ === 'all') return new Set([...defined, ...unlimited])
  const named = listOf(PUBLIC_READ)
  for (const name of named) {
    if (!known.includes(name))
      throw new Error(`PUBLIC_READ names '${name}'; it must be all, or some of ${known.join(', ')}`)
    if (models.some(model => model.name === name && model.owner))
      throw new Error(`PUBLIC_READ names '${name}', whose rows belong to their creators`)
  }
  return new Set([...defined, ...named])
}

/** Throws an `Error` that names the setting that is missing or invalid. */
function readTokenSettings(config: Config): TokenSettings | undefined {
  const { JWT_ISSUER: issuer, JWT_AUDIENCE, JWT_JWKS_URL: keysUrl } = config
  if (issuer === undefined && JWT_AUDIENCE === undefined && keysUrl === undefined) return undefined
  if (issuer === undefined || JWT_AUDIENCE === undefined || keysUrl === undefined)
    throw new Error(
      'JWT_ISSUER, JWT_AUDIENCE and JWT_JWKS_URL belong together: set all of them or none.',
    )
  const { protocol, hostname, username, password } = URL.parse(keysUrl) ?? {}
  if (hostname === undefined || username || password)
    throw new Error(
      'JWT_JWKS_URL must be an address such as https://id.example.com/jwks.json, without a password in it.',
    )
  if (protocol !== 'https:' && !loopback.test(hostname.replace(/^\[(.*)\]$/, '$1')))
    throw new Error(
      'JWT_JWKS_URL must be https: otherwise anyone on the way could insert their own keys.',
    )
  return { issuer, audience: listOf(JWT_AUDIENCE), keysUrl, algorithms: readAlgorithms(config) }
}

function readAlgorithms({ JWT_ALGORITHMS }: Config): readonly string[] {
  const algorithms = listOf(JWT_ALGORITHMS)
  const known: readonly string[] = tokenAlgorithms
  for (const name of algorithms)
    if (!known.includes(name))
      throw new Error(`JWT_ALGORITHMS names '${name}'; it must be some of ${known.join(', ')}`)
  return algorithms
}

function listOf(text: string): string[] {
  return text
    .split(',')
    .map(item => item.trim())
    .filter(item => item !== '')
}

/** The settings for pages of other origins, and for proxies. Throws an `Error` that names an invalid setting. */
export function readWebOptions(config: Config, models: readonly Model[]): WebOptions {
  const { CONSOLE, CORS_ORIGINS = '', DOCS, PUBLIC_URL, TRUST_PROXY } = config
  const origins = new Set(listOf(CORS_ORIGINS))
  for (const origin of origins)
    if (origin !== '*' && !isOrigin(origin))
      throw new Error(
        `CORS_ORIGINS names '${origin}'; it must be * or like https://app.example.com, without a path`,
      )
  const publicUrl = PUBLIC_URL === undefined ? {} : { publicUrl: parsePublicUrl(PUBLIC_URL) }
  return {
    origins,
    docs: DOCS,
    console: CONSOLE === 'on',
    prefix: readBasePath(config, models),
    ...publicUrl,
    ...(TRUST_PROXY === undefined ? {} : { trustProxy: parseTrustedProxies(TRUST_PROXY) }),
  }
}

/** Without a slash at the end, because addresses are appended. */
function parsePublicUrl(text: string): string {
  const url = /^https?:\/\/[^?#]+$/.test(text) && URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || url.username !== '' || url.password !== '')
    throw new Error(
      `PUBLIC_URL is '${text}'; it must be like https://api.example.com, and may have a path`,
    )
  return url.href.replace(/\/+$/, '')
}

/**
 * The prefix that proxies took from an address, or left. To tell, none of the service's own addresses may begin with it: `/books/1`
 * would be two of them.
 */
function readBasePath({ BASE_PATH, PUBLIC_URL }: Config, models: readonly Model[]): string {
  const ofUrl = PUBLIC_URL === undefined ? '' : new URL(parsePublicUrl(PUBLIC_URL)).pathname
  const text = BASE_PATH ?? ofUrl
  const prefix = parsePrefix(text)
  if (prefix === undefined)
    throw new Error(`BASE_PATH is '${text}'; it must be a path such as /api or /shop/api`)
  if (PUBLIC_URL !== undefined && prefix !== parsePrefix(ofUrl))
    throw new Error(`BASE_PATH is ${prefix}, and PUBLIC_URL has the path ${ofUrl}: make them equal`)
  const [, first = ''] = prefix.split('/')
  if (firstParts(models).has(first))
    throw new Error(
      `BASE_PATH is ${prefix}, and the service itself has /${first}: let the proxy send X-Forwarded-Prefix ` +
        'instead, and name it in TRUST_PROXY',
    )
  return prefix
}

/** The first segments of the addresses of the service. */
function firstParts(models: readonly Model[]): ReadonlySet<string> {
  const paths = [
    consoleAddress,
    ...serviceDocuments.map(({ href }) => href),
    ...serviceOperations.map(({ path }) => path),
  ]
  const own = paths.map(path => path.split('/')[1] ?? '').filter(part => part !== '')
  return new Set(['v1', keyTable, ...own, ...models.map(({ name }) => name)])
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && /^https?:[^*]+$/.test(text) && new URL(text).origin === text
}
