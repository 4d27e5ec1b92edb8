// The reference in a real browser: it can be read by everyone, and one click leads from it to Swagger UI, the console and back.

import type { Browser, BrowserContextOptions } from 'playwright-core'
import t, { type Test } from 'tap'
import { itemsOf } from '../../src/testing/items.ts'
import { openBrowser, withoutBrowser } from './browser.ts'
import { accessibilityFindings, openSite } from './site.ts'

const open = (t: Test, browser: Browser, context: BrowserContextOptions = {}) =>
  openSite(t, browser, { url: `sqlite:${t.testdir()}/test.db`, context })

const looks: readonly [what: string, context: BrowserContextOptions][] = [
  ['light', {}],
  ['dark', { colorScheme: 'dark' }],
  ['a phone', { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }],
]

t.test('the reference', { skip: withoutBrowser }, async t => {
  const browser = await openBrowser(t)

  for (const [what, context] of looks)
    await t.test(`has nothing that shuts people out: ${what}`, async t => {
      const { page, service, complaints } = await open(t, browser, context)
      const tags = Object.values(itemsOf<{ tags: readonly string[] }>(service.document))
        .flatMap(item => Object.values(item))
        .map(({ tags: [tag] }) => String(tag))
      for (const address of ['/reference', ...new Set(tags.map(tag => `/reference/${tag}`))]) {
        await page.goto(address)
        await page.evaluate(
          "for (const each of document.querySelectorAll('details')) each.open = true",
        )
        t.strictSame(await accessibilityFindings(page), [], address)
        const [width, content] = await page.evaluate<number[]>(
          '[innerWidth, document.documentElement.scrollWidth]',
        )
        t.equal(content, width, `${address} is as wide as the window`)
      }
      t.strictSame(complaints, [])
    })

  await t.test('finds operations by what they do, by address and by name', async t => {
    const { page, complaints } = await open(t, browser)
    await page.goto('/reference')
    const search = page.getByLabel('Find an operation')
    for (const text of ['delete a book', '/books/{id} DELETE', 'deletebook']) {
      await search.fill(text)
      t.strictSame(
        await page.locator('.tag li:visible span:not(.method)').allTextContents(),
        ['Delete a book'],
        text,
      )
    }
    await search.fill('')
    t.ok((await page.locator('.tag li:visible').count()) > 80)
    t.strictSame(complaints, [])
  })

  await t.test('shows the language that was chosen, by keyboard and on later pages', async t => {
    const { page, complaints } = await open(t, browser)
    await page.goto('/reference/books#readBook')
    const shown = page.locator('.operation').nth(2).locator('figure:visible').first()
    t.match(await shown.innerText(), /^curl\n/)
    await page.getByRole('radio', { name: 'curl' }).focus()
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowRight')
    t.match(await shown.innerText(), /^Python\n/)
    await page.getByRole('link', { name: 'Cars' }).click()
    const list = page.locator('.operation').first()
    t.match(
      await list.locator('figure:visible').first().innerText(),
      'rows(list_cars.sync_detailed',
    )
    await list.getByRole('button', { name: 'Copy' }).first().click()
    await list.getByRole('button', { name: 'Copied' }).waitFor()
    t.match(await page.evaluate<string>('navigator.clipboard.readText()'), /^from restwell_client /)
    t.strictSame(complaints, [])
  })

  await t.test('leads to Swagger UI and the console, which lead back', async t => {
    const { page, complaints } = await open(t, browser)
    await page.goto('/reference/books')
    await page.locator('[aria-labelledby=readBook]').getByRole('link', { name: 'Try it' }).click()
    const operation = page.locator('#operations-books-readBook')
    const opened = async (name: string) => {
      const popup = page.waitForEvent('popup')
      await operation.getByRole('link', { name }).click()
      return popup
    }
    const reference = await opened('Reference')
    t.match(reference.url(), /\/reference\/books#readBook$/)
    const rows = await opened('Rows')
    await rows.locator('tbody tr').first().waitFor()
    t.match(rows.url(), /\/books$/)
    await rows.locator('footer').getByRole('link', { name: 'Reference' }).click()
    await rows.getByRole('heading', { name: 'Operations' }).waitFor()
    await rows.getByRole('link', { name: 'Data' }).click()
    await rows.locator('.cards').waitFor()
    t.strictSame(complaints, [])
  })
})
