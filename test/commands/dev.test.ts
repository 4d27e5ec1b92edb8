// `dev`: a service that follows the files of its project.

import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import t from 'tap'
import { freePort } from '../support/postgres-server.ts'
import { folderOf, run } from '../support/process.ts'
import { startSession } from '../support/session.ts'

const definition = (name: string, fields: string) =>
  `import { resource, Type } from 'restwell'
export const ${name} = resource('${name}', Type.Object({ ${fields} }), { description: 'Of a test', sample: [{}] })
`

const text = "Type.String({ maxLength: 20, default: 'none' })"

t.test('it starts again after each change, and says what is wrong', async t => {
  const folder = folderOf(t)
  const write = (file: string, content: string) => writeFileSync(join(folder, file), content)
  mkdirSync(join(folder, 'schemas'))
  write('schemas/notes.ts', definition('notes', `text: ${text}`))
  const port = await freePort()
  const dev = startSession(t, [resolve('src/cli.ts'), 'dev'], folder, {
    PORT: String(port),
    NO_COLOR: '1',
  })
  const address = `http://127.0.0.1:${port}`
  const served = (count: number) => dev.says(out => out.split('  Data  ').length > count)

  await served(1)
  t.match(dev.out(), `        ${address}/notes`, 'the banner has the resources')
  const page = await fetch(`${address}/notes`, { headers: { origin: 'http://localhost:5173' } })
  t.same(await page.json(), [{ id: 1, text: 'none' }])
  t.equal(page.headers.get('access-control-allow-origin'), 'http://localhost:5173')
  const stranger = await fetch(`${address}/notes`, { headers: { origin: 'https://example.com' } })
  t.equal(stranger.headers.get('access-control-allow-origin'), null)
  await dev.complains(err => /\d\d:\d\d:\d\d GET {4}\/notes 200 \d+ ms/.test(err))

  write('schemas/more.ts', definition('more', `text: ${text}`))
  await served(2)
  t.match(dev.err(), 'schemas/more.ts has changed.')
  t.equal((await fetch(`${address}/more`)).status, 200, 'a new file')

  write('schemas/more.ts', "import { resource } from 'restwell'\nexport const = 1\n")
  await dev.complains(err => err.includes('starts again as soon as a file changes'))
  t.match(dev.err(), 'schemas/more.ts:2')

  write('schemas/more.ts', definition('more', `text: ${text}`))
  await served(3)

  write(
    'schemas/notes.ts',
    definition('notes', 'body: Type.String({ maxLength: 20 })').replace('[{}]', "[{ body: 'x' }]"),
  )
  await served(4)
  t.match(dev.err(), /A new database is made; the old one is kept as data\/restwell\.db\.\d+T\d+Z/)
  t.same(await (await fetch(`${address}/notes`)).json(), [{ id: 1, body: 'x' }])

  write('service.yaml', 'title: The notes')
  await served(5)
  t.match(dev.out(), 'The notes 0')

  dev.interrupt()
  t.equal(await dev.ended, 0)
})

t.test('reset keeps the old database under another name', async t => {
  const folder = folderOf(t, { 'data.db': 'anything' })
  const database = { DATABASE_URL: 'sqlite:data.db' }
  const done = await run(t, ['reset'], database, folder)
  t.equal(done.code, 0, done.err)
  t.match(
    done.out,
    /^The next start makes a new database; the old one is kept as \S+data\.db\.\d+T\d+Z\n$/,
  )
  t.notOk(existsSync(join(folder, 'data.db')))
  t.equal(readdirSync(folder).filter(name => /^data\.db\.\d/.test(name)).length, 1)
  rmSync(join(folder, 'data.db.lock'))
  const again = await run(t, ['reset'], database, folder)
  t.match(again, { code: 1, err: /There is no file/ })
})
