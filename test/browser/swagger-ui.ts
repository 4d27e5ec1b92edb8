// Swagger UI as a person meets it, in a real browser: every operation is there and does what its example says.

import type { Browser, Locator, Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { itemsOf } from '../../src/testing/items.ts'
import { holder, required } from '../support/access.ts'
import { endOf, sendLater } from '../support/imports.ts'
import { sign, startProvider } from '../support/provider.ts'
import { type Service, type ServiceOptions, startService } from '../support/service.ts'
import { openBrowser, withoutBrowser } from './browser.ts'

interface Described {
  readonly operationId: string
  readonly tags: readonly string[]
  readonly responses: Readonly<Record<string, unknown>>
}

interface Shown {
  readonly info: { readonly title: string }
  readonly tags: readonly unknown[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>
}

interface Site {
  readonly service: Service
  readonly page: Page
  readonly document: Shown
  /** What the browser complained of: errors of scripts, refusals of the content security policy, what was not found. */
  readonly complaints: string[]
}

/** The page of a new service. `context`: of the browser. */
async function open(
  t: Test,
  browser: Browser,
  context: object = {},
  options: ServiceOptions = {},
): Promise<Site> {
  const service = await startService(t, `sqlite:${t.testdir()}/test.db`, options)
  const { app, document } = service
  const base = await app.listen({ port: 0, host: '127.0.0.1' })
  const page = await browser.newPage({ viewport: { width: 1280, height: 1000 }, ...context })
  t.teardown(() => page.close())
  const complaints: string[] = []
  page.on('console', message => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  page.on('pageerror', error => complaints.push(error.message))
  page.on('requestfailed', request =>
    complaints.push(`${request.url()} ${request.failure()?.errorText}`),
  )
  await page.goto(`${base}/docs`)
  await page.locator('.opblock-tag-section').last().waitFor()
  return { service, page, document: document as unknown as Shown, complaints }
}

const operations = (document: Shown): readonly Described[] =>
  Object.values(itemsOf<Described>(document)).flatMap(item => Object.values(item))

/** The status of a success where everything is given and nothing is asked for: 201 where a row is created, or the lowest one. */
function expected({ operationId, responses }: Described): number {
  const statuses = Object.keys(responses).map(Number).filter(Boolean)
  return operationId.startsWith('create') ? 201 : Math.min(...statuses)
}

const press = (locator: Locator) => locator.dispatchEvent('click')

/** Its references are resolved a moment after it is unfolded: till then it is not whole, and nothing would be sent. */
async function unfold(operation: Locator): Promise<void> {
  await press(operation.locator('.opblock-summary-control'))
  await operation
    .locator('.response[data-code=default] .response-col_description', { hasText: 'problem' })
    .waitFor()
}

/** Sends the example of an operation whose tag is unfolded. */
async function execute(page: Page, { operationId, tags }: Described): Promise<number> {
  const operation = page.locator(`#operations-${tags[0]}-${operationId}`)
  await unfold(operation)
  await press(operation.locator('.btn.execute'))
  const status = await operation
    .locator('.live-responses-table .response-col_status')
    .last()
    .textContent()
  // Else the next time would find this answer.
  await press(operation.locator('.btn-clear'))
  await press(operation.locator('.opblock-summary-control'))
  return Number.parseInt(status ?? '', 10)
}

t.test('Swagger UI', { skip: withoutBrowser }, async t => {
  const browser = await openBrowser(t)

  await t.test(
    'shows every operation to who enters a key, and its example gives the documented success',
    async t => {
      const site = await open(t, browser, {}, { access: required })
      // The examples are about the first key, and the first import.
      const { headers } = await holder(site.service.store, ['*'])
      const row = '{"name":"Norway","capital":"Oslo","area":385207}\n'
      await endOf(site.service, await sendLater(site.service, '/countries', row, headers), headers)
      t.equal(await listCountries(site), 401, 'before')
      site.complaints.length = 0
      await authorize(site, (await holder(site.service.store, ['*'])).key)
      t.equal(await listCountries(site), 200)
      await executeAll(t, site)
    },
  )

  await t.test('keeps the credentials for the tab, until they are taken back', async t => {
    const site = await open(t, browser, {}, { access: required })
    const { page, service } = site
    await authorize(site, (await holder(service.store, ['countries:read'])).key)
    await page.reload()
    await page.locator('.opblock-tag-section').last().waitFor()
    t.equal(await listCountries(site), 200)
    await page.goto(new URL('/countries', page.url()).href)
    await page.locator('tbody tr').first().waitFor()
    await page.goBack()
    await page.getByRole('button', { name: 'Authorize' }).click()
    await page.locator('.dialog-ux').getByRole('button', { name: 'Remove authorization' }).click()
    t.equal(await page.evaluate('sessionStorage.length'), 0)
    t.strictSame(site.complaints, [])
  })

  await t.test('finds operations by what they do, and leads to the rows', async t => {
    const { page, complaints } = await open(t, browser)
    for (const [text, found] of [
      ['Delete a book', 'books'],
      ['listSales', 'sales'],
      ['/users/{', 'users'],
    ] as const) {
      await page.locator('.operation-filter-input').fill(text)
      await page.locator(`#operations-tag-${found}`).waitFor()
      await page.locator('.opblock-tag').nth(1).waitFor({ state: 'detached' })
      t.match(await page.locator('.opblock-tag').textContent(), found, text)
    }
    await page.locator('.operation-filter-input').fill('books')
    const rows = page.locator('#operations-tag-books').getByRole('link', { name: 'Rows' })
    t.equal(new URL((await rows.getAttribute('href')) ?? '', page.url()).pathname, '/books')
    t.strictSame(complaints, [])
  })

  await t.test('takes a token of an identity provider in the same place', async t => {
    const provider = await startProvider(t)
    const site = await open(t, browser, {}, { access: { ...required, tokens: provider.settings } })
    await authorize(site, await sign(provider, new Date(), { claims: { scope: 'countries:read' } }))
    t.equal(await listCountries(site), 200)
    t.strictSame(site.complaints, [])
  })

  await t.test('says what it is, welcomes, and leads to the document', async t => {
    const site = await open(t, browser)
    const { page, document, complaints } = site
    t.equal(await listCountries(site), 200)
    t.equal(
      await page.getByRole('button', { name: 'Authorize' }).count(),
      0,
      'where nothing is to be entered',
    )
    t.equal(await page.title(), 'API')
    t.match(await page.locator('.info .title').textContent(), /^API/)
    t.match(await page.locator('.info').textContent(), /Welcome\. Open an operation/)
    for (const name of ['openapi.yaml', 'openapi.json']) {
      const href = await page.getByRole('link', { name }).getAttribute('href')
      const answer = await page.request.get(new URL(href ?? '', page.url()).href)
      t.equal(answer.status(), 200, name)
      t.match(await answer.text(), document.info.title)
    }
    t.strictSame(complaints, [])
  })

  await t.test('shows the address first, and Execute however many filters a list has', async t => {
    const { page, complaints } = await open(t, browser)
    await press(page.locator('#operations-tag-transactions'))
    const read = page.locator('#operations-transactions-readTransaction')
    await unfold(read)
    t.equal(
      await read.locator('.parameters tbody tr').first().getAttribute('data-param-name'),
      'id',
    )
    await press(read.locator('.opblock-summary-control'))
    const list = page.locator('#operations-transactions-listTransactions')
    await unfold(list)
    const isInSight = `(() => {
      const list = document.getElementById('operations-transactions-listTransactions')
      list.scrollIntoView()
      return list.offsetHeight > innerHeight && list.querySelector('.btn.execute').getBoundingClientRect().bottom <= innerHeight
    })()`
    await page.waitForFunction(isInSight)
    t.pass('while it is longer than the window')
    t.strictSame(complaints, [])
  })

  await t.test('is dark where the system is', async t => {
    const { page } = await open(t, browser, { colorScheme: 'dark' })
    const ground = 'getComputedStyle(document.documentElement).backgroundColor'
    t.equal(await page.evaluate(ground), 'rgb(28, 32, 34)')
  })

  await t.test('has the width of a phone on a phone', async t => {
    const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }
    const { page, complaints } = await open(t, browser, phone)
    await page.locator('#operations-tag-countries').tap()
    const operation = page.locator('#operations-countries-createCountry')
    await unfold(operation)
    await operation.locator('.btn.execute').tap()
    await operation.locator('.live-responses-table').waitFor()
    t.strictSame(
      await page.evaluate('[innerWidth, document.documentElement.scrollWidth]'),
      [390, 390],
    )
    t.ok(
      ((await operation.locator('.body-param textarea').boundingBox())?.width ?? 0) > 300,
      'there is room to write',
    )
    t.strictSame(complaints, [])
  })
})

/** Each operation of each tag; what deletes comes last, so that it takes nothing from the others. */
async function executeAll(t: Test, { page, document, complaints }: Site): Promise<void> {
  for (const [tag = '', described] of Map.groupBy(operations(document), ({ tags }) => tags[0])) {
    const section = page.locator('.opblock-tag-section', {
      has: page.locator(`#operations-tag-${tag}`),
    })
    await press(section.locator('.opblock-tag'))
    await section
      .locator('.opblock')
      .nth(described.length - 1)
      .waitFor()
    const shown = await section
      .locator('.opblock')
      .evaluateAll(blocks => blocks.map(({ id }) => id))
    t.strictSame(
      shown.sort(),
      described.map(({ operationId }) => `operations-${tag}-${operationId}`).sort(),
    )
    const deletes = ({ operationId }: Described) => Number(operationId.startsWith('delete'))
    for (const operation of described.toSorted((one, other) => deletes(one) - deletes(other)))
      t.equal(await execute(page, operation), expected(operation), operation.operationId)
    await press(section.locator('.opblock-tag'))
  }
  t.equal(await page.locator('.opblock-tag-section').count(), document.tags.length)
  t.strictSame(complaints, [])
}

async function authorize({ page }: Site, credentials: string): Promise<void> {
  await page.getByRole('button', { name: 'Authorize' }).click()
  const dialog = page.locator('.dialog-ux')
  await dialog.locator('input').fill(credentials)
  await dialog.locator('button.authorize').click()
  await dialog.locator('button.btn-done').click()
}

async function listCountries({ page, document }: Site): Promise<number> {
  const described = operations(document).find(({ operationId }) => operationId === 'listCountries')
  if (described === undefined) throw new Error('There is no such operation.')
  const tag = page.locator('#operations-tag-countries')
  await press(tag)
  const status = await execute(page, described)
  await press(tag)
  return status
}
