// The page of operators in a real browser: plots that go on, tables, and nothing for those who may not see it.

import { readFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { keepHere } from '../../src/telemetry/status.ts'
import { holder, required } from '../support/access.ts'
import { limitsOf, TestClock } from '../support/limits.ts'
import { databases } from '../support/service.ts'
import { openBrowser, withoutBrowser } from './browser.ts'
import { accessibilityFindings, openSite, type Site } from './site.ts'
import { becomes } from './visit.ts'

const { PICTURES } = process.env

const options = {
  access: required,
  status: () => keepHere(1),
  limits: () => limitsOf({ free: { requests_per_day: 5000 } }, new TestClock()),
}

/** Comes with a key that has these scopes. */
async function arrive({ page, service: { store } }: Site, scopes: readonly string[]) {
  const { key } = await holder(store, scopes, { name: 'Nightly import' })
  await page.addInitScript(`sessionStorage.setItem('restwell-credentials', '${key}')`)
  await page.goto('/statusz')
  return { authorization: `Bearer ${key}` }
}

for (const { name, url } of databases)
  t.test(`the page of operators (${name})`, { skip: withoutBrowser }, async t => {
    const browser = await openBrowser(t)

    await t.test('shows what comes, in plots and in tables', async t => {
      const site = await openSite(t, browser, { url: await url(t), options })
      const { page, service, complaints } = site
      const headers = await arrive(site, ['*'])
      await page.getByRole('heading', { level: 1, name: 'Status' }).waitFor()
      await page.locator('.plot canvas').nth(6).waitFor()
      const refused = page.locator('.plot', { hasText: '4xx' }).getByRole('img')
      for (let n = 0; n < 20; n++) await service.get('/books/99999', headers)
      const routes = page.getByRole('region', { name: 'Slowest routes' })
      await routes.getByText('GET /books/{id}').waitFor()
      await page.getByRole('region', { name: 'Problems' }).getByText('404 notFound').waitFor()
      await page
        .getByRole('region', { name: 'Callers' })
        .getByText(/of 5,000 \(day\)/)
        .waitFor()
      t.match(await refused.getAttribute('aria-label'), /^Requests: 2xx [\d.]+ \/s, 3xx /)
      await page.locator('.plot summary').first().click()
      const table = page.getByRole('region', { name: 'Requests', exact: true })
      await table.getByRole('columnheader', { name: '5xx' }).waitFor()
      t.strictSame(await accessibilityFindings(page), [])
      const keys = page.getByRole('region', { name: 'API keys' })
      await keys.getByRole('link', { name: 'Nightly import' }).click()
      await page.getByRole('button', { name: /Rotate/ }).waitFor()
      t.strictSame(complaints, [])
    })

    await t.test('is offered only to those who may see it', async t => {
      const site = await openSite(t, browser, { url: await url(t), options })
      const { page, complaints } = site
      await arrive(site, ['books:read'])
      await page.getByRole('alert').waitFor()
      await becomes(t, () => page.locator('nav a[href="/statusz"]').count(), 0)
      t.equal(await page.locator('.plot').count(), 0)
      t.strictSame(complaints, [])
    })

    await t.test('loads the library for plots, and no other page does', async t => {
      const { page } = await openSite(t, browser, { url: await url(t) })
      const asked: string[] = []
      page.on('request', request => asked.push(request.url()))
      await page.goto('/')
      await page.locator('nav a[href="/statusz"]').waitFor()
      t.notOk(asked.some(address => address.endsWith('plots.js')))
      await page.locator('nav a[href="/statusz"]').click()
      await page.locator('.plot canvas').first().waitFor()
      t.ok(asked.some(address => address.endsWith('plots.js')))
    })

    for (const [look, context] of Object.entries({
      dark: { colorScheme: 'dark' },
      phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
    } as const))
      await t.test(`can be read by everyone (${look})`, async t => {
        const site = await openSite(t, browser, { url: await url(t), options, context })
        await arrive(site, ['*'])
        await site.page.locator('.plot canvas').nth(6).waitFor()
        t.strictSame(await accessibilityFindings(site.page), [])
        t.equal(
          await site.page.evaluate('document.documentElement.scrollWidth > innerWidth'),
          false,
          'nothing is wider than the window',
        )
      })
  })

t.test('the console is small, also with what only this page loads', async t => {
  const files = ['app.js', 'app.css', 'plots.js'].map(file => readFileSync(`console/built/${file}`))
  const bytes = files.reduce((sum, file) => sum + gzipSync(file).length, 0)
  t.ok(bytes < 100_000, `${bytes} bytes compressed`)
})

t.test('the picture of the guide', { skip: PICTURES === undefined }, async t => {
  const browser = await openBrowser(t)
  const context = { viewport: { width: 1120, height: 700 } }
  const url = `sqlite:${t.testdir()}/test.db`
  const site = await openSite(t, browser, { url, context, options })
  const headers = await arrive(site, ['*'])
  for (let round = 1; round <= 150; round++) {
    for (let n = 0; n < 5 + 4 * Math.sin(round / 10); n++)
      await site.service.get(`/books/${1 + (n % 3)}`, headers)
    await site.service.get('/sales?limit=50', headers)
    await setTimeout(150)
  }
  await site.page.screenshot({ path: 'docs/images/console-status.png' })
})
