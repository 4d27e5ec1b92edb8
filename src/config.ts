// The settings: from the environment and a `.env` file to one frozen object.

import { type Static, Type } from '@sinclair/typebox'
import type { ErrorObject } from 'ajv'
import { envSchema } from 'env-schema'

const settings = Type.Object({
  HOST: Type.String({ default: '127.0.0.1', minLength: 1, description: 'Address to listen on' }),
  PORT: Type.Integer({ default: 3000, minimum: 0, maximum: 65_535, description: 'Port to listen on; 0: any free one' }),
  DATABASE_URL: Type.String({
    default: 'sqlite:./data/restwell.db',
    description: 'Where the data lies: `sqlite:<file>`',
  }),
  SAMPLE_DATA: Type.Boolean({ default: true, description: 'Fill a new embedded database with the sample data' }),
  LOG_LEVEL: Type.Unsafe<'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'>({
    type: 'string',
    enum: ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
    default: 'info',
    description: 'The least that is logged; `debug` has a line for every request',
  }),
})

export type Config = Readonly<Static<typeof settings>>

/** Every setting with its default, for the README and `--help`. */
export const settingsTable = Object.entries(settings.properties).map(([name, { default: value, description }]) => ({
  name,
  value: String(value),
  description: String(description),
}))

/** Reads the settings. Throws an Error that names the setting and what it must be. */
export function readConfig(environment: NodeJS.ProcessEnv, dotenv: boolean): Config {
  try {
    const config = envSchema<Static<typeof settings>>({ schema: settings, data: environment, dotenv, env: false })
    return Object.freeze(config)
  } catch (error) {
    const { errors } = error as { errors?: readonly ErrorObject[] }
    throw errors === undefined ? error : new Error(errors.map(settingMistake).join('\n'))
  }
}

function settingMistake({ instancePath, params, message }: ErrorObject): string {
  const allowed: readonly string[] | undefined = params.allowedValues
  return `${instancePath.slice(1)} ${allowed === undefined ? message : `must be one of: ${allowed.join(', ')}`}`
}
