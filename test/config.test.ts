// The settings: what they are when nothing is set, and how a wrong one is told.

import { readFile } from 'node:fs/promises'
import t from 'tap'
import { readConfig, settingsTable } from '../src/config.ts'

t.test('without settings it listens on loopback and keeps its data in a file', async t => {
  t.strictSame(readConfig({}, false), {
    HOST: '127.0.0.1',
    PORT: 3000,
    DATABASE_URL: 'sqlite:./data/restwell.db',
    DRAIN_SECONDS: 0,
    MAX_EVENT_LOOP_DELAY: 1000,
    DATABASE_CONNECTIONS: 10,
    DATABASE_WAIT_SECONDS: 30,
    DOCS: true,
    JWT_ALGORITHMS: 'ES256,RS256,PS256,EdDSA',
    LOG_LEVEL: 'info',
  })
})

t.test('a setting that cannot be is named with what it must be', async t => {
  const table: [settings: Record<string, string>, message: string][] = [
    [{ PORT: 'abc' }, 'PORT must be integer'],
    [{ PORT: '65536' }, 'PORT must be <= 65535'],
    [{ AUTH: 'open' }, 'AUTH must be one of: none, required'],
    [{ LIMITS: 'true' }, 'LIMITS must be one of: on, off'],
    [{ REDIS_URL: 'http://127.0.0.1' }, 'REDIS_URL must match pattern "^rediss?://"'],
    [{ SAMPLE_DATA: 'perhaps' }, 'SAMPLE_DATA must be boolean'],
  ]
  for (const [settings, message] of table) t.throws(() => readConfig(settings, false), { message }, message)
})

t.test('the README lists every setting with its default', async t => {
  const readme = await readFile('README.md', 'utf8')
  for (const { name, value, description } of settingsTable)
    t.match(readme, `| \`${name}\` | ${value} | ${description} |`)
})
