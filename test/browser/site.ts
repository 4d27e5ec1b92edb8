// A service and a page of it in a real browser, with everything that the browser complains of.

import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import type { Test } from 'tap'
import { type Service, type ServiceOptions, startService } from '../support/service.ts'

export interface Site {
  readonly service: Service
  readonly page: Page
  readonly base: string
  /** Errors of scripts, refusals of the content security policy, what could not be had. */
  readonly complaints: string[]
}

interface Visit {
  readonly url: string
  readonly context?: BrowserContextOptions
  readonly options?: ServiceOptions
}

/** A new service on the database at `url`, and an empty page that can go to it. */
export async function openSite(
  t: Test,
  browser: Browser,
  { url, context = {}, options = {} }: Visit,
): Promise<Site> {
  const service = await startService(t, url, options)
  const base = await service.app.listen({ port: 0, host: '127.0.0.1' })
  const visit = await browser.newContext({
    baseURL: base,
    viewport: { width: 1280, height: 860 },
    timezoneId: 'Europe/Oslo',
    permissions: ['clipboard-read', 'clipboard-write'],
    ...context,
  })
  const page = await visit.newPage()
  t.teardown(() => visit.close())
  const complaints: string[] = []
  page.on('console', message => {
    if (!isRefusal.test(message.text())) complaints.push(message.text())
  })
  page.on('pageerror', error => complaints.push(error.message))
  return { service, page, base, complaints }
}

/** Chromium says each response of 4xx, which a script asked for and knows of. */
const isRefusal = /^Failed to load resource: the server responded with a status of 4/

const axe = createRequire(import.meta.url).resolve('axe-core')

/** What axe finds on the page as it is, in words: by all rules, or by some. */
export async function accessibilityFindings(
  page: Page,
  rules?: readonly string[],
): Promise<readonly string[]> {
  if (!(await page.evaluate("'axe' in window"))) await page.evaluate(await readFile(axe, 'utf8'))
  const options = rules === undefined ? '' : JSON.stringify({ runOnly: rules })
  return page.evaluate(`axe.run(${options}).then(({ violations }) => violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, target, failureSummary }) => id + ': ' + help + ' ' + target + ' ' + html.slice(0, 200) + failureSummary)))`)
}
