// The settings: from the environment and a `.env` file to one frozen object.

import { existsSync, readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { type Static, Type } from '@sinclair/typebox'
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js'
import { decodeText } from './text-file.ts'

const settings = Type.Object({
  HOST: Type.String({ default: '127.0.0.1', minLength: 1, description: 'Address to listen on' }),
  PORT: Type.Integer({ default: 3000, minimum: 0, maximum: 65_535, description: 'Port to listen on; 0: any free one' }),
  DATABASE_URL: Type.String({
    default: 'sqlite:./data/restwell.db',
    description: 'Where the data lies: `sqlite:<file>` or `postgres://<user>:<password>@<host>/<database>`',
  }),
  DATABASE_CONNECTIONS: Type.Integer({
    default: 10,
    minimum: 1,
    maximum: 1000,
    description: 'Connections to a PostgreSQL server at the most; all instances together must stay below its limit',
  }),
  DATABASE_WAIT_SECONDS: Type.Integer({
    default: 30,
    minimum: 0,
    maximum: 3600,
    description: 'How long to wait at the start for a PostgreSQL server that is not there yet',
  }),
  SAMPLE_DATA: Type.Optional(
    Type.Boolean({
      description: 'Whether to fill a new database with the sample data; by default only an embedded one',
    }),
  ),
  AUTH: Type.Optional(
    Type.Unsafe<'none' | 'required'>({
      type: 'string',
      enum: ['none', 'required'],
      description:
        'Whether callers need credentials: `required`, or `none` even where others can reach it; by default they do as soon as there are any',
    }),
  ),
  PUBLIC_READ: Type.Optional(
    Type.String({ description: 'What can be read without credentials: `all`, or resources separated by commas' }),
  ),
  JWT_ISSUER: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 255,
      description: 'The identity provider whose tokens (JWT) are taken: their `iss`',
    }),
  ),
  JWT_AUDIENCE: Type.Optional(
    Type.String({
      minLength: 1,
      description: 'What tokens must be made for: their `aud`; several separated by commas',
    }),
  ),
  JWT_JWKS_URL: Type.Optional(
    Type.String({
      pattern: '^https?://\\S+$',
      description: "Where the provider's keys are; `https`, or `http` on this machine",
    }),
  ),
  JWT_ALGORITHMS: Type.String({
    default: 'ES256,RS256,PS256,EdDSA',
    description: 'The algorithms that tokens may be signed with, separated by commas; asymmetric ones only',
  }),
  CORS_ORIGINS: Type.Optional(
    Type.String({
      description:
        'The origins whose pages may read the answers, such as `https://app.example.com`, separated by commas; `*`: all',
    }),
  ),
  ALLOWED_HOSTS: Type.Optional(
    Type.String({
      description:
        'The host names, separated by commas, by which callers may address a service that listens on loopback and asks for no credentials, besides those of this machine; `*`: all',
    }),
  ),
  DOCS: Type.Boolean({ default: true, description: 'Whether the document and Swagger UI are served' }),
  PUBLIC_URL: Type.Optional(
    Type.String({
      minLength: 1,
      description:
        'Where callers reach the service, such as `https://api.example.com`, as its document says; by default the address by which they ask for the document',
    }),
  ),
  TRUST_PROXY: Type.Optional(
    Type.String({
      description:
        'The proxies whose `X-Forwarded-For` is believed: addresses and networks separated by commas, or how many there are',
    }),
  ),
  LIMITS: Type.Optional(
    Type.Unsafe<'on' | 'off'>({
      type: 'string',
      enum: ['on', 'off'],
      description: 'Whether requests are limited by plans; by default where credentials are asked for',
    }),
  ),
  PLANS: Type.Optional(
    Type.String({ minLength: 1, description: 'The file of the plans; by default the `plans.yaml` of the service' }),
  ),
  REDIS_URL: Type.Optional(
    Type.String({
      pattern: '^rediss?://',
      description: 'Where several instances count requests together: `redis://<user>:<password>@<host>/<number>`',
    }),
  ),
  VALIDATE_RESPONSES: Type.Boolean({
    default: false,
    description:
      'Whether every response is held to its shape before it is sent; one that is not as the document says is then 500 and in the log',
  }),
  DRAIN_SECONDS: Type.Integer({
    default: 0,
    minimum: 0,
    maximum: 300,
    description: 'How long to go on serving after SIGTERM while `/readyz` answers 503, so that a balancer turns away',
  }),
  MAX_EVENT_LOOP_DELAY: Type.Integer({
    default: 1000,
    minimum: 0,
    description: 'The mean lag in milliseconds above which requests are refused with 503; 0: never refuse',
  }),
  METRICS_PORT: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 65_535,
      description: 'Port of its own for `/metrics` (Prometheus), at `HOST`; without it there are no metrics',
    }),
  ),
  LOG_LEVEL: Type.Unsafe<'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'>({
    type: 'string',
    enum: ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
    default: 'info',
    description: 'The least that is logged; `debug` has a line for every request',
  }),
})

export type Config = Readonly<Static<typeof settings>>

/** Every setting with its default, as the README lists them. */
export const settingsTable = Object.entries(settings.properties).map(([name, { default: value, description }]) => ({
  name,
  value: value === undefined ? '' : `\`${value}\``,
  description: String(description),
}))

/** What the settings say of a server, in the words of `openStore`. */
export function databaseOptions(
  { DATABASE_CONNECTIONS, DATABASE_WAIT_SECONDS }: Config,
  environment: NodeJS.ProcessEnv,
) {
  return { connections: DATABASE_CONNECTIONS, startPatience: DATABASE_WAIT_SECONDS * 1000, environment }
}

/**
 * Reads the settings, what the environment says before a file `.env`. One that is empty is not set: Compose's `${X:-}`
 * gives that. Throws an Error that names the setting and what it must be.
 */
export function readConfig(environment: NodeJS.ProcessEnv, dotenv: boolean): Config {
  const file = dotenv && existsSync('.env') ? parseEnv(decodeText('.env', readFileSync('.env'))) : {}
  const config: unknown = { ...withoutEmpty(file), ...withoutEmpty(environment) }
  // The environment has more in it than our settings, all of it text.
  const ajv = new Ajv2020({
    allErrors: true,
    coerceTypes: true,
    removeAdditional: 'all',
    useDefaults: true,
    // It is our own, and would cost more than all else here.
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
