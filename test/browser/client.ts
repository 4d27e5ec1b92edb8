// The pages of the TypeScript client's README, with the client as it is published, in a real browser at an origin of their
// own.

import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, resolve } from 'node:path'
import type { Browser } from 'playwright-core'
import t, { type Test } from 'tap'
import ts from 'typescript'
import { holder, required } from '../support/access.ts'
import { blocks } from '../support/readme.ts'
import type { ServiceOptions } from '../support/service.ts'
import { openBrowser, withoutBrowser } from './browser.ts'
import { openSite, type Site } from './site.ts'
import { becomes } from './visit.ts'

const readme = readFileSync('clients/typescript/README.md', 'utf8')
const block = (language: string, part: string) =>
  blocks(readme, language).find(text => text.includes(part)) ?? ''
const printed = {
  bundled: block('ts', 'document.querySelector'),
  plain: block('html', 'importmap'),
  react: block('tsx', 'export function Books'),
}

const start = `
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Books } from './react.tsx'

createRoot(document.body).render(<StrictMode><Books /></StrictMode>)
`

/** The packages of these pages. */
const pages = resolve('test/browser/pages')

/** A folder with the client in its `node_modules`, as npm would have it there. */
function project(t: Test): string {
  const folder = t.testdir({ node_modules: { 'restwell-client': {}, '@types': {} } })
  const installed = join(folder, 'node_modules')
  const client = join(installed, 'restwell-client')
  cpSync('clients/typescript/package.json', join(client, 'package.json'))
  const tsc = ['node_modules/typescript/bin/tsc', '--project', 'clients/typescript']
  execFileSync(process.execPath, [...tsc, '--outDir', join(client, 'dist')])
  for (const name of ['openapi-fetch', 'openapi-typescript-helpers'])
    cpSync(join('node_modules', name), join(installed, name), { recursive: true })
  for (const name of ['react', 'react-dom', '@types/react', '@types/react-dom'])
    symlinkSync(join(pages, 'node_modules', name), join(installed, name))
  return folder
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
}

/** Serves the files of a folder as any server of pages does, and returns its origin. */
async function serveFiles(t: Test, folder: string): Promise<string> {
  const server = createServer(({ url = '' }, response) => {
    const file = join(folder, url)
    if (!existsSync(file)) return void response.writeHead(url === '/favicon.ico' ? 204 : 404).end()
    response.setHeader('content-type', types[extname(file)] ?? 'text/plain')
    response.end(readFileSync(file))
  }).listen(0, '127.0.0.1')
  t.teardown(() => server.close())
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** As Vite would. */
async function bundle(folder: string, entry: string): Promise<void> {
  const { build } = await import(join(pages, 'node_modules/esbuild/lib/main.js'))
  await build({
    absWorkingDir: folder,
    entryPoints: [entry],
    outfile: join(folder, `${entry}.js`),
    bundle: true,
    format: 'esm',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'error',
  })
  const page = `<!doctype html><html lang="en"><title>Books</title><body><ul></ul><script type="module" src="/${entry}.js"></script>`
  writeFileSync(join(folder, `${entry}.html`), page)
}

/** What the compiler of a page says with all of its strictness. */
function mistakes(folder: string, file: string): readonly string[] {
  const program = ts.createProgram([join(folder, file)], {
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    jsx: ts.JsxEmit.ReactJSX,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
    types: [],
  })
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
}

interface Visited extends Site {
  readonly folder: string
  readonly origin: string
}

/** A service, and beside it the folder of a page, which names that service. */
async function visit(
  t: Test,
  browser: Browser,
  files: Record<string, string>,
  options: ServiceOptions = {},
): Promise<Visited> {
  const folder = project(t)
  const origin = await serveFiles(t, folder)
  const url = `sqlite:${folder}/test.db`
  const web = { origins: new Set([origin]) }
  const site = await openSite(t, browser, { url, options: { ...options, web } })
  for (const [name, text] of Object.entries(files)) {
    t.ok(text, `${name} is printed`)
    writeFileSync(join(folder, name), text.replace('https://api.example.com', site.base))
  }
  return { ...site, folder, origin }
}

t.test('the pages of the README', { skip: withoutBrowser }, async t => {
  const browser = await openBrowser(t)
  const titles = ['Python Basics', 'Python Essentials']

  await t.test('without a bundler', async t => {
    const site = await visit(t, browser, { 'plain.html': printed.plain })
    const { page, base, origin, complaints } = site
    await page.goto(`${origin}/plain.html`)
    await becomes(t, () => page.locator('li').count(), titles.length)
    t.strictSame(await page.locator('li').allTextContents(), titles)
    const created =
      await page.evaluate(`import('restwell-client').then(async ({ createClient }) => {
      const rows = Array.from({ length: 10_000 }, (_, area) => ({ name: 'A', capital: 'B', area }))
      return (await createClient({ baseUrl: '${base}' }).storeLater('/countries', rows.values())).created
    })`)
    t.equal(created, 10_000, 'a page sends rows without a stream')
    t.strictSame(complaints, [])
  })

  await t.test('with a bundler', async t => {
    const file = 'bundled.ts'
    const site = await visit(t, browser, { [file]: printed.bundled })
    const { page, folder, origin, complaints } = site
    t.strictSame(mistakes(folder, file), [])
    await bundle(folder, file)
    await page.goto(`${origin}/${file}.html`)
    await becomes(t, () => page.locator('li').count(), titles.length)
    t.strictSame(await page.locator('li').allTextContents(), titles)
    t.strictSame(complaints, [])
  })

  await t.test('with React', async t => {
    const files = { 'react.tsx': printed.react, 'start.tsx': start }
    const site = await visit(t, browser, files, { access: required })
    const { page, service, folder, origin, complaints } = site
    t.strictSame(mistakes(folder, 'start.tsx'), [])
    const { key, headers } = await holder(service.store, ['books:read', 'books:write'])
    for (let n = 0; n < 25; n++)
      await service.post('/books', { title: `Book ${n}`, authors: [{ name: 'A' }] }, headers)
    await bundle(folder, 'start.tsx')
    await page.goto(`${origin}/start.tsx.html`)
    await becomes(t, () => page.getByRole('alert').count(), 1)
    t.match(await page.getByRole('alert').textContent(), /^GET \/books: 401 /)
    await page.evaluate(`sessionStorage.setItem('token', '${key}')`)
    await page.reload()
    await becomes(t, () => page.locator('li').count(), 20)
    await page.getByRole('button', { name: 'More' }).click()
    await becomes(t, () => page.locator('li').count(), 27)
    await becomes(t, () => page.getByRole('button').count(), 0)
    t.strictSame(complaints, [])
  })
})
