// Commands that look at the plugins of a project.

import t from 'tap'
import { runHere } from '../support/command.ts'
import { folderOf, run } from '../support/process.ts'

/** A plugin with one route, and the scopes that it names. */
const ratesPlugin = (scope: string, scopes = `['${scope}']`) =>
  `export default { scopes: ${scopes}, register: async app => { app.get('/rates', { config: { scope: '${scope}' } }, async () => []) } }`

t.test('routes, openapi and check know the plugins of the project', async t => {
  const folder = folderOf(t, {
    plugins: { 'rates.ts': ratesPlugin('rates:read'), 'README.md': '' },
  })
  const routes = await runHere(t, ['routes'], {}, folder)
  t.match(routes.out, /^GET +\/rates +getRates +rates:read +plugins\/rates\.ts$/m)
  t.match(
    (await runHere(t, ['openapi'], {}, folder)).out,
    '  /rates:\n    get:\n      operationId: getRates\n',
  )
  t.match(
    (await runHere(t, ['check'], {}, folder)).out,
    /^No mistake in \d+ resources with \d+ operations\.$/m,
  )
  const key = ['key', 'create', '--name', 'x', '--scope', 'rates:read']
  t.equal((await runHere(t, key, {}, folder)).code, 0)
  t.match((await runHere(t, key, {}, folderOf(t))).err, /--scope must be one of: books:read/)
})

t.test('a plugin with a mistake is named', async t => {
  const mistakes = [
    ['export default 1', /plugins\/rates\.ts: it exports no plugin; write export default plugin/],
    ['export default plugin(', /plugins\/rates\.ts/],
    [
      ratesPlugin('rates:red', "['rates:read']"),
      /plugins\/rates\.ts: GET \/rates needs the scope rates:red/,
    ],
  ] as const
  for (const [text, message] of mistakes) {
    const { code, err } = await run(
      t,
      ['check'],
      {},
      folderOf(t, { plugins: { 'rates.ts': text } }),
    )
    t.equal(code, 1)
    t.match(err, message)
  }
})
