// Parses the address of a PostgreSQL database as libpq does (PostgreSQL documentation, "Connection URIs").
// No error or description that it makes contains a part of a password.

import { isIPv6 } from 'node:net'
import { mistake, type Setting, unheededKeywords, variables } from './keywords.ts'
import { readTlsSettings, type TlsSettings } from './tls-settings.ts'

export interface Host {
  /** A name, an address, or the folder of a Unix socket. */
  readonly host: string
  readonly port: number
}

export interface DatabaseAddress {
  readonly hosts: readonly Host[]
  readonly user?: string
  readonly password?: string
  readonly database?: string
  readonly tls: TlsSettings
  /** In ms, how long connecting to a server may take. */
  readonly connectTimeout: number
  /** Settings of each session, such as `search_path`. */
  readonly session: Readonly<Record<string, string>>
}

/** Variables such as those of `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>

/** In seconds. */
const defaultTimeout = '3'
const longestTimeout = 60

const encodingAdvice =
  'percent-encode what is special in a name or a password (@ is %40, / is %2F, ? is %3F, % is %25)'

/** Throws an Error that names what is wrong with `DATABASE_URL`. */
export function parseAddress(url: string, environment: Environment = {}): DatabaseAddress {
  const given = readAddress(url)
  const setting: Setting = name => given[name] || environment[variables[name] ?? ''] || undefined
  requireKept(given, setting)
  const [user, password, database] = ['user', 'password', 'dbname'].map(setting)
  return {
    hosts: readHosts(setting('host') ?? 'localhost', setting('port') ?? '5432'),
    ...(user !== undefined && { user }),
    ...(password !== undefined && { password }),
    ...(database !== undefined && { database }),
    tls: readTlsSettings(setting),
    connectTimeout: readTimeout(setting('connect_timeout') ?? defaultTimeout),
    session: readSession(given, setting),
  }
}

/** The user, the hosts and the database, for people. */
export function describeAddress({ hosts, user, database }: DatabaseAddress): string {
  const name = user === undefined ? '' : `${encodeURIComponent(user)}@`
  return `postgres://${name}${hosts.map(describeHost).join(',')}/${encodeURIComponent(database ?? user ?? '')}`
}

export function describeHost({ host, port }: Host): string {
  if (host.startsWith('/')) return `${encodeURIComponent(host)}:${port}`
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

/** The path of the socket of a server that listens in a folder. */
export function socketPath({ host, port }: Host): string | undefined {
  return host.startsWith('/') ? `${host}/.s.PGSQL.${port}` : undefined
}

/** Each keyword in the address, with its value. */
function readAddress(url: string): Readonly<Record<string, string>> {
  const pattern = /^[^:]+:\/\/(?<authority>[^/?]*)(?:\/(?<path>[^?]*))?(?:\?(?<query>.*))?$/s
  const { authority = '', path = '', query = '' } = pattern.exec(url)?.groups ?? {}
  // The text before the @ may be a part of a password. So it is not taken for a host, and is not shown.
  if (`${path}${query}`.includes('@')) throw mistake('has an @ after its host', encodingAdvice)
  const at = authority.lastIndexOf('@')
  const [user = '', ...password] = authority.slice(0, Math.max(at, 0)).split(':')
  return Object.fromEntries([
    ['user', decode(user)],
    ['password', decode(password.join(':'))],
    ['host', authority.slice(at + 1)],
    ['dbname', decode(path)],
    ...query.split('&').filter(Boolean).map(readParameter),
  ])
}

function readParameter(pair: string): [keyword: string, value: string] {
  const [name = '', ...value] = pair.split('=')
  if (!/^[A-Za-z_][\w.]*$/.test(name))
    throw mistake('has a parameter without a name after its ?', encodingAdvice)
  const text = decode(value.join('='))
  // An old spelling from Java, which libpq also accepts.
  return name === 'ssl' && text === 'true' ? ['sslmode', 'require'] : [name, text]
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw mistake('has a % that begins no percent-encoded character', encodingAdvice)
  }
}

/** `one:5432,[::1]:5433`. The ports may also be given separately: `5432,5433`, or one for all hosts. */
function readHosts(hosts: string, ports: string): readonly Host[] {
  const each = ports.split(',')
  return hosts.split(',').map((text, index) => readHost(text, each[index] ?? each[0] ?? ''))
}

function readHost(text: string, otherwise: string): Host {
  if (isIPv6(text)) return { host: text, port: readPort(otherwise) }
  const parts = /^(?:\[(?<v6>[\da-fA-F:.%]+)\]|(?<name>[^:[\]]*))(?::(?<port>.*))?$/.exec(
    text,
  )?.groups
  if (parts === undefined) throw mistake('has a host that is none', encodingAdvice)
  return {
    host: parts.v6 ?? (decode(parts.name ?? '') || 'localhost'),
    port: readPort(parts.port || otherwise),
  }
}

function readPort(text: string): number {
  const port = Number(text)
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port
  throw mistake('has a port that is none', encodingAdvice)
}

function readTimeout(text: string): number {
  const seconds = Number(text)
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > longestTimeout)
    throw mistake(
      'has a connect_timeout that is none',
      `it is in whole seconds, 1 to ${longestTimeout}`,
    )
  return seconds * 1000
}

/** Refuses settings that libpq would honour and this service would not, rather than ignoring them. */
function requireKept(given: Readonly<Record<string, string>>, setting: Setting): void {
  const unheeded = Object.keys(given).find(
    name => unheededKeywords.test(name) && !(name in variables),
  )
  if (unheeded !== undefined)
    throw mistake(`has ${unheeded}, which the service does not heed`, 'leave it out')
  if (setting('channel_binding') === 'require')
    throw mistake(
      'has channel_binding=require, which the service cannot do',
      'write sslmode=verify-full instead',
    )
  if (!/^(?:any|read-write|primary)$/.test(setting('target_session_attrs') ?? 'any'))
    throw mistake(
      'has a target_session_attrs for servers that take no writes',
      'the service needs one that does',
    )
}

function readSession(
  given: Readonly<Record<string, string>>,
  setting: Setting,
): Readonly<Record<string, string>> {
  const name = setting('application_name') ?? setting('fallback_application_name') ?? 'restwell'
  const others = Object.entries(given).filter(([keyword]) => !(keyword in variables))
  return { application_name: name, ...Object.fromEntries(others) }
}
