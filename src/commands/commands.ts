// The commands of the command line. What a command needs is loaded when it is run, so that the help needs nothing.

import type { Command } from './command.ts'

const overwrite = { overwrite: { type: 'boolean' } } as const

export const commands = {
  serve: {
    usage: '',
    summary: 'Serve the API until it is told to stop',
    load: async () => (await import('./serve.ts')).serve,
  },
  routes: {
    usage: '',
    summary: 'List every method and path with the file that handles it',
    load: async () => (await import('./routes.ts')).routes,
  },
  openapi: {
    usage: '',
    summary: 'Write the OpenAPI document as YAML',
    load: async () => (await import('./openapi.ts')).openapi,
  },
  migrate: {
    usage: '[--check]',
    summary:
      'Bring the tables to the definitions; --check only prints the SQL, and exits 1 if there is any; ' +
      '--drop books.year drops what no definition has any more, with --yes also where rows lose something',
    options: {
      check: { type: 'boolean' },
      drop: { type: 'string', multiple: true },
      yes: { type: 'boolean' },
    },
    load: async () => (await import('./migrate.ts')).runMigrate,
  },
  key: {
    usage: 'create|list|…',
    summary: 'Make, list, revoke and rotate API keys',
    options: {
      name: { type: 'string' },
      scope: { type: 'string', multiple: true },
      plan: { type: 'string' },
      expires: { type: 'string' },
      grace: { type: 'string' },
    },
    load: async () => (await import('./key.ts')).key,
  },
  load: {
    usage: 'FILE…',
    summary: 'Store the records of JSON files, all or nothing',
    load: async () => (await import('./load.ts')).load,
  },
  backup: {
    usage: 'FILE',
    summary: 'Copy the database into a file, also while it is served; --overwrite replaces one that is there',
    options: overwrite,
    load: async () => (await import('./backup.ts')).runBackup,
  },
  restore: {
    usage: 'FILE',
    summary: 'Put a backup in the place of the database; --overwrite replaces one that is there',
    options: overwrite,
    load: async () => (await import('./backup.ts')).runRestore,
  },
  verify: {
    usage: 'FILE',
    summary: 'Look through a backup: whether it is sound and fits the definitions, and how many rows there are',
    load: async () => (await import('./backup.ts')).runVerify,
  },
} as const satisfies Record<string, Command>
