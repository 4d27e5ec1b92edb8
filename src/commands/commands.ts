// The commands of the command line. A command loads its code only when it runs, so that the help loads nothing.

import type { Command } from './command.ts'

const overwrite = { overwrite: { type: 'boolean' } } as const

export const commands = {
  dev: {
    summary: 'Serve the API while you work on it, and again after each change',
    usage: [['dev', 'with a log for people, and CORS open for pages of this machine']],
    settings: ['host', 'port', 'database'],
    examples: ['dev', 'dev --port 3001'],
    load: async () => (await import('./dev.ts')).dev,
  },
  serve: {
    summary: 'Serve the API until it is stopped',
    usage: [
      ['serve', 'settings come from the environment and a .env file'],
      ['    --dev', 'as `dev` does it, once'],
    ],
    options: { dev: { type: 'boolean' } },
    settings: ['host', 'port', 'database'],
    examples: ['serve --port 8080', 'serve --database postgres://app@db.example.com/app'],
    load: async () => (await import('./serve.ts')).serve,
  },
  routes: {
    summary: 'List every method and path, with its scope and the file that handles it',
    usage: [
      ['routes', 'with the name of each in clients, and the scope that it takes'],
      ['    --json', 'the same as JSON'],
    ],
    options: { json: { type: 'boolean' } },
    load: async () => (await import('./routes.ts')).routes,
  },
  check: {
    summary: 'Look for mistakes in definitions, settings and plans, without a database',
    usage: [['check', 'exit with 1 if there is any']],
    load: async () => (await import('./check.ts')).check,
  },
  openapi: {
    summary: 'Write the OpenAPI document as YAML',
    usage: [['openapi', 'to standard output']],
    examples: ['openapi > openapi.yaml'],
    load: async () => (await import('./openapi.ts')).openapi,
  },
  client: {
    summary: 'Write a client of the service',
    usage: [
      ['client typescript FOLDER', 'a package that calls the service of this folder'],
      ['client python FOLDER', 'what openapi-python-client makes such a package of'],
      ['client typescript FOLDER DOCUMENT', 'or the one of a document: a file or an address'],
      ['    --overwrite', 'replace the files of an existing client'],
    ],
    options: overwrite,
    examples: [
      'client typescript ../my-client',
      'client python ../my-client https://api.example.com/openapi.yaml',
    ],
    load: async () => (await import('./client.ts')).client,
  },
  migrate: {
    summary: 'Bring the tables to the definitions',
    usage: [
      ['migrate', 'run the SQL that the start does not run by itself'],
      ['migrate --check', 'only print that SQL, and exit with 1 if there is any'],
      ['migrate --drop books.year', 'also drop a column or table that no definition has any more'],
      ['migrate --drop books --yes', 'the same, even if rows lose values by it'],
      ['migrate --to 3', 'bring the tables back to definition 3 of the history'],
      [
        '    --fill books.state=new',
        'the value that rows without one get; also --check, --drop, --yes',
      ],
      ['migrate new NAME', 'write numbered files of SQL for what the definitions cannot say'],
      ['    --rename books.title=name', 'books.title is called name; cats=pets renames a resource'],
      ['    --fill books.state=new', 'the value that rows without one get'],
      [
        'migrate status',
        'say what a start would do, what takes migrate, and what people must decide',
      ],
      ['migrate history', 'list the definitions that the tables were brought to, by number'],
      ['    --json', 'the same as JSON'],
    ],
    options: {
      rename: { type: 'string', multiple: true },
      fill: { type: 'string', multiple: true },
      json: { type: 'boolean' },
      check: { type: 'boolean' },
      to: { type: 'string' },
      drop: { type: 'string', multiple: true },
      yes: { type: 'boolean' },
    },
    settings: ['database'],
    examples: ['migrate --check', 'migrate new rename-title --rename books.title=name'],
    load: async () => (await import('./migrate.ts')).runMigrate,
  },
  key: {
    summary: 'Create, list, rotate and revoke API keys',
    usage: [
      [
        'key create --name NAME --scope SCOPE',
        'make a key and print it once; repeat --scope for more scopes',
      ],
      ['    --claim customer_id=3', 'what is known of its holder; repeat it for more'],
      ['    --plan NAME', 'the plan of the key'],
      ['    --expires 90d', 'when it expires: s, m, h or d from now, or a time'],
      ['key list', 'list the keys, with their scopes and their last use'],
      ['key rotate ID', 'give a key a new secret'],
      ['    --grace 1h', 'how long the old secret keeps working; 24h by default'],
      ['key revoke ID', 'end a key'],
    ],
    options: {
      name: { type: 'string' },
      scope: { type: 'string', multiple: true },
      claim: { type: 'string', multiple: true },
      plan: { type: 'string' },
      expires: { type: 'string' },
      grace: { type: 'string' },
    },
    settings: ['database'],
    examples: [
      'key create --name "Nightly import" --scope books:read --scope books:write --expires 90d',
      'key rotate 3 --grace 1h',
    ],
    load: async () => (await import('./key.ts')).key,
  },
  load: {
    summary: 'Store the records of files in JSON, NDJSON or CSV',
    usage: [
      ['load FILE…', 'all records or none'],
      ['    --exact', 'files of `export`, as they are and without hooks'],
    ],
    options: { exact: { type: 'boolean' } },
    settings: ['database'],
    examples: ['load books.json', 'load --exact exported/*.ndjson', 'load customers.csv'],
    load: async () => (await import('./load.ts')).load,
  },
  export: {
    summary: 'Write the rows of resources into files for `load --exact`, one row a line',
    usage: [
      ['export FOLDER', 'all resources, even while they are served'],
      ['export FOLDER RESOURCE…', 'these resources'],
      ['    --overwrite', 'replace existing files'],
    ],
    options: overwrite,
    settings: ['database'],
    examples: ['export exported', 'export exported books customers'],
    load: async () => (await import('./export.ts')).runExport,
  },
  backup: {
    summary: 'Copy the SQLite database into a file, even while it is served',
    usage: [
      ['backup FILE', ''],
      ['    --overwrite', 'replace an existing file'],
    ],
    options: overwrite,
    settings: ['database'],
    examples: ['backup /backups/monday.db'],
    load: async () => (await import('./backup.ts')).runBackup,
  },
  restore: {
    summary: 'Put a backup in the place of the SQLite database',
    usage: [
      ['restore FILE', 'while no process serves the database'],
      ['    --overwrite', 'replace an existing database'],
    ],
    options: overwrite,
    settings: ['database'],
    examples: ['restore /backups/monday.db --overwrite'],
    load: async () => (await import('./backup.ts')).runRestore,
  },
  reset: {
    summary: 'Begin with a new SQLite database',
    usage: [['reset', 'the old one is kept under another name']],
    settings: ['database'],
    load: async () => (await import('./reset.ts')).reset,
  },
  verify: {
    summary: 'Check whether a backup is intact and fits the definitions',
    usage: [['verify FILE', 'also count its rows']],
    examples: ['verify /backups/monday.db'],
    load: async () => (await import('./backup.ts')).runVerify,
  },
} as const satisfies Record<string, Command>
