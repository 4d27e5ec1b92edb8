// The settings: from the environment and a `.env` file to one frozen object.

import { existsSync, readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { type SchemaOptions, type Static, Type } from '@sinclair/typebox'
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js'
import { decodeText } from './text-file.ts'

const oneOf = <const Word extends string>(words: readonly Word[], options: SchemaOptions) =>
  Type.Unsafe<Word>({ type: 'string', enum: words, ...options })

const optionalText = (description: string) => Type.Optional(Type.String({ description }))

const settings = Type.Object({
  HOST: Type.String({ default: '127.0.0.1', description: 'Address to listen on' }),
  PORT: Type.Integer({
    default: 3000,
    minimum: 0,
    maximum: 65_535,
    description: 'Port to listen on; 0: any free port',
  }),
  WORKERS: Type.String({
    default: '1',
    description:
      'How many processes serve: a number, or `auto` for one per core, as far as memory and connections allow. They share the port, the database and the quotas',
  }),
  DATABASE_URL: Type.String({
    default: 'sqlite:./data/restwell.db',
    description:
      'Where the data is stored: `sqlite:<file>` or `postgres://<user>:<password>@<host>/<database>`',
  }),
  DATABASE_CONNECTIONS: Type.Integer({
    default: 10,
    minimum: 1,
    maximum: 1000,
    description:
      'The number of connections to a PostgreSQL server, shared out among the workers; all instances together must stay below its limit',
  }),
  DATABASE_WAIT_SECONDS: Type.Integer({
    default: 30,
    minimum: 0,
    maximum: 3600,
    description: 'How long the start waits for a PostgreSQL server that is not ready yet',
  }),
  MIGRATION_WAIT_SECONDS: Type.Integer({
    default: 900,
    minimum: 0,
    maximum: 86_400,
    description:
      'How long a start or `migrate` waits, on PostgreSQL, for tables that others use or for another instance that changes them',
  }),
  SAMPLE_DATA: Type.Optional(
    Type.Boolean({
      description:
        'Whether to fill a new database with the sample data; by default only an SQLite database',
    }),
  ),
  AUTH: Type.Optional(
    oneOf(['none', 'required'], {
      description:
        'Whether callers need credentials: `required`, or `none` even if others can reach the service. By default callers need them as soon as there is an API key or an identity provider',
    }),
  ),
  PUBLIC_READ: optionalText(
    'The resources that anyone may read without credentials: `all`, or names separated by commas',
  ),
  JWT_ISSUER: Type.Optional(
    Type.String({
      maxLength: 255,
      description: 'The identity provider whose tokens (JWT) are accepted: their `iss`',
    }),
  ),
  JWT_AUDIENCE: optionalText(
    'The audience of accepted tokens: their `aud`; several separated by commas',
  ),
  JWT_JWKS_URL: Type.Optional(
    Type.String({
      pattern: '^https?://\\S+$',
      description: "Where the provider's keys are; `https`, or `http` on this machine",
    }),
  ),
  JWT_ALGORITHMS: Type.String({
    default: 'ES256,RS256,PS256,EdDSA',
    description:
      'The algorithms that may sign tokens, separated by commas; only asymmetric ones are possible',
  }),
  CORS_ORIGINS: optionalText(
    'The origins whose pages may read responses, such as `https://app.example.com`, separated by commas; `*`: all',
  ),
  ALLOWED_HOSTS: optionalText(
    'For a service on loopback without credentials: the host names, separated by commas, by which callers may address it, in addition to those of this machine; `*`: all',
  ),
  DOCS: Type.Boolean({
    default: true,
    description: 'Whether the document and Swagger UI are served',
  }),
  CONSOLE: oneOf(['on', 'off'], {
    default: 'on',
    description:
      'Whether browsers get pages for people at every address; the pages need the document',
  }),
  PUBLIC_URL: optionalText(
    'The address of the service in its document, such as `https://api.example.com`; by default the address by which the caller asks for the document',
  ),
  BASE_PATH: optionalText(
    'The path of a proxy at which callers find the service, such as `/api`, whether or not the proxy takes it away; by default that of `PUBLIC_URL`',
  ),
  TRUST_PROXY: optionalText(
    'The proxies whose `X-Forwarded-For`, `-Proto`, `-Host` and `-Prefix` are believed: addresses and networks separated by commas, or the number of proxies',
  ),
  LIMITS: Type.Optional(
    oneOf(['on', 'off'], {
      description:
        'Whether requests are limited by plans; by default they are if credentials are required',
    }),
  ),
  PLANS: optionalText(
    'The file with the plans; by default `plans.yaml` in the working folder, or else the plans that come with Restwell',
  ),
  REDIS_URL: Type.Optional(
    Type.String({
      pattern: '^rediss?://',
      description:
        'The store in which several instances count requests together: `redis://<user>:<password>@<host>/<number>`',
    }),
  ),
  IMPORT_SIZE_LIMIT: Type.Integer({
    default: 1_073_741_824,
    minimum: 0,
    description:
      'How many bytes of rows a request with `Prefer: respond-async` may bring; they wait in the database until they are stored',
  }),
  IMPORT_KEEP_DAYS: Type.Integer({
    default: 7,
    minimum: 0,
    description: 'How long it is known what became of such rows',
  }),
  VALIDATE_RESPONSES: Type.Boolean({
    default: false,
    description:
      'Whether every response is checked against the document before it is sent; one that does not fit becomes a 500, and is logged',
  }),
  DRAIN_SECONDS: Type.Integer({
    default: 0,
    minimum: 0,
    maximum: 300,
    description:
      'How long to go on serving after SIGTERM, while `/readyz` returns 503, so that a balancer sends its requests elsewhere',
  }),
  MAX_EVENT_LOOP_DELAY: Type.Integer({
    default: 1000,
    minimum: 0,
    description:
      'The mean lag of the event loop, in milliseconds, above which requests are refused with 503, but for one that comes alone; 0: never',
  }),
  METRICS_PORT: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 65_535,
      description: 'The port of `/metrics` (Prometheus) at `HOST`; without it there are no metrics',
    }),
  ),
  STATUS: Type.Optional(
    oneOf(['on', 'off'], {
      description:
        'Whether figures of the last hour are kept in memory for callers with `service:admin`, at `/statusz`; by default they are, unless others can reach the service without credentials',
    }),
  ),
  LOG_REQUESTS: Type.Number({
    default: 0,
    minimum: 0,
    maximum: 1,
    description:
      'The share of requests that get a line in the log: `1` for all, `0.01` for one in a hundred. Those that fail, take more than a second or are aborted get one in any case',
  }),
  LOG_LEVEL: oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
    default: 'info',
    description: 'The lowest level that is logged; `debug` logs every request',
  }),
})

export type Config = Readonly<Static<typeof settings>>

/** Every setting with its default, as docs/settings.md lists them. */
export const settingsTable = Object.entries(settings.properties).map(
  ([name, { default: value, description }]) => ({
    name,
    value: value === undefined ? '' : `\`${value}\``,
    description: String(description),
  }),
)

/** The settings about a database server, as options of `openStore`. */
export function databaseOptions(
  { DATABASE_CONNECTIONS, DATABASE_WAIT_SECONDS }: Config,
  environment: NodeJS.ProcessEnv,
) {
  return {
    connections: DATABASE_CONNECTIONS,
    startTimeout: DATABASE_WAIT_SECONDS * 1000,
    environment,
  }
}

/** Reads the environment, then `.env`. Empty is not set, as Compose's `${X:-}` is. Throws an Error that says what must be. */
export function readConfig(environment: NodeJS.ProcessEnv, dotenv: boolean): Config {
  const file =
    dotenv && existsSync('.env') ? parseEnv(decodeText('.env', readFileSync('.env'))) : {}
  const config: unknown = { ...withoutEmpty(file), ...withoutEmpty(environment) }
  // The environment also has other variables, and all values are texts.
  const ajv = new Ajv2020({
    allErrors: true,
    coerceTypes: true,
    removeAdditional: 'all',
    useDefaults: true,
    // The schema is our own, and to check it would cost more than everything else here.
    validateSchema: false,
  })
  if (ajv.validate<Static<typeof settings>>(settings, config)) return Object.freeze(config)
  throw new Error(ajv.errors?.map(settingMistake).join('\n'))
}

function withoutEmpty(environment: NodeJS.Dict<string>): NodeJS.Dict<string> {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
}

function settingMistake({ instancePath, params, message }: ErrorObject): string {
  const allowed: readonly string[] | undefined = params.allowedValues
  return `${instancePath.slice(1)} ${allowed === undefined ? message : `must be one of: ${allowed.join(', ')}`}`
}
