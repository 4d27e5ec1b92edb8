// What the tests of the console do in a browser: they come to a page, and wait for what it shows.

import { setTimeout } from 'node:timers/promises'
import type { Browser, Locator, Page } from 'playwright-core'
import type { Test } from 'tap'
import type { ServiceOptions } from '../support/service.ts'
import { openSite, type Site } from './site.ts'

export const rowsOf = (page: Page) => page.locator('tbody tr')
export const cells = (page: Page, column: number) =>
  page.locator(`tbody tr > :nth-child(${column})`).allTextContents()

/** Asks again until it is so, because a page comes a moment after its address. */
export async function until<T>(ask: () => Promise<T>, isSo: (found: T) => boolean): Promise<T> {
  for (let round = 0; ; round++) {
    const found = await ask()
    if (isSo(found) || round > 200) return found
    await setTimeout(50)
  }
}

export async function rowCount(page: Page, wanted: number): Promise<number> {
  return until(
    () => rowsOf(page).count(),
    count => count === wanted,
  )
}

/** A page draws a moment after what was done to it. */
export async function becomes<T>(t: Test, ask: () => Promise<T>, wanted: T) {
  const found = await until(ask, found => found === wanted)
  t.equal(found, wanted)
}

export const gone = (t: Test, locator: Locator) => becomes(t, () => locator.count(), 0)

export const focused = (t: Test, page: Page, text: string) =>
  becomes(t, () => page.evaluate('document.activeElement.textContent'), text)

export const menu = (page: Page, label: string) => page.locator('summary', { hasText: label })

export async function addFilter(page: Page, field: string, operator: string, value: string) {
  await menu(page, 'Add filter').click()
  await page.locator('#filter-field').selectOption({ label: field })
  await page.locator('#filter-operator').selectOption({ label: operator })
  await enter(page.locator('#filter-value'), value)
  await page.locator('.panel').getByRole('button', { name: 'Apply' }).click()
}

/** Chooses a word, or writes a text. */
export async function enter(control: Locator, value: string) {
  const isChoice = (await control.evaluate(nameOf)) === 'select'
  await (isChoice ? control.selectOption(value) : control.fill(value))
}

const nameOf = (element: unknown) => (element as { localName: string }).localName

type Run = (t: Test, site: Site) => Promise<void>

/** A test with a site of its own, after which the browser has nothing to complain of. */
export function visitor(browser: Browser, url: (t: Test) => Promise<string>) {
  return (t: Test, name: string, run: Run, options: ServiceOptions = {}) =>
    t.test(name, async t => {
      const site = await openSite(t, browser, { url: await url(t), options })
      await run(t, site)
      t.strictSame(site.complaints, [], 'the browser complains of nothing')
    })
}
