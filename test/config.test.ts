// The settings: what they are when nothing is set, and how a wrong one is told.

import t, { type Test } from 'tap'
import { readConfig, settingsTable } from '../src/config.ts'

t.test('without settings it listens on loopback and keeps its data in a file', async t => {
  t.strictSame(readConfig({}, false), {
    HOST: '127.0.0.1',
    PORT: 3000,
    WORKERS: '1',
    DATABASE_URL: 'sqlite:./data/restwell.db',
    DRAIN_SECONDS: 0,
    IMPORT_SIZE_LIMIT: 1_073_741_824,
    IMPORT_KEEP_DAYS: 7,
    VALIDATE_RESPONSES: false,
    MAX_EVENT_LOOP_DELAY: 1000,
    DATABASE_CONNECTIONS: 10,
    DATABASE_WAIT_SECONDS: 30,
    MIGRATION_WAIT_SECONDS: 900,
    DOCS: true,
    CONSOLE: 'on',
    JWT_ALGORITHMS: 'ES256,RS256,PS256,EdDSA',
    LOG_REQUESTS: 0,
    LOG_LEVEL: 'info',
  })
})

t.test('a setting that cannot be is named with what it must be', async t => {
  const table: [settings: Record<string, string>, message: string][] = [
    [{ PORT: 'abc' }, 'PORT must be integer'],
    [{ PORT: '65536' }, 'PORT must be <= 65535'],
    [{ AUTH: 'open' }, 'AUTH must be one of: none, required'],
    [{ CONSOLE: 'false' }, 'CONSOLE must be one of: on, off'],
    [{ LIMITS: 'true' }, 'LIMITS must be one of: on, off'],
    [{ REDIS_URL: 'http://127.0.0.1' }, 'REDIS_URL must match pattern "^rediss?://"'],
    [{ SAMPLE_DATA: 'perhaps' }, 'SAMPLE_DATA must be boolean'],
  ]
  for (const [settings, message] of table)
    t.throws(() => readConfig(settings, false), { message }, message)
})

t.test('a setting that is empty is not set', async t => {
  const empty = Object.fromEntries(settingsTable.map(({ name }) => [name, '']))
  t.strictSame(readConfig(empty, false), readConfig({}, false))
})

/** Settings from a file `.env` of these bytes, in a folder of its own. */
function readDotenv(t: Test, bytes: string | Buffer, environment: Record<string, string> = {}) {
  const home = process.cwd()
  process.chdir(t.testdir({ '.env': bytes }))
  try {
    return readConfig(environment, true)
  } finally {
    process.chdir(home)
  }
}

t.test(
  'a file .env is read with or without a byte order mark, and an empty variable does not hide its setting',
  async t => {
    t.equal(readDotenv(t, 'AUTH=required\nPORT=3001\n').AUTH, 'required')
    const { AUTH, PORT } = readDotenv(t, '\uFEFFAUTH=required\r\nPORT=3001\r\n', { PORT: '' })
    t.strictSame([AUTH, PORT], ['required', 3001])
    t.equal(readDotenv(t, 'PORT=3001', { PORT: '3002' }).PORT, 3002)
  },
)

t.test('a file .env that is not UTF-8 is refused rather than ignored', async t => {
  const text = 'AUTH=required\n'
  const utf16 = Buffer.from(text, 'utf16le')
  const marked = Buffer.from(`\uFEFF${text}`, 'utf16le')
  const message = '.env is UTF-16, as some Windows tools write it: save it as UTF-8'
  for (const bytes of [utf16, marked, Buffer.from(utf16).swap16(), Buffer.from(marked).swap16()])
    t.throws(() => readDotenv(t, bytes), { message })
  const latin1 = Buffer.from('CORS_ORIGINS=https://caf\u00e9.example', 'latin1')
  t.throws(() => readDotenv(t, latin1), { message: '.env is not UTF-8: save it as UTF-8' })
})
