// Everything that people do in the console, with every resource of the service and of the examples: the cases follow from
// the document of each.

import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { type Api, type Document, type Resource, readDocument } from '../../console/src/document.ts'
import { title } from '../../console/src/text.ts'
import { nameField } from '../../console/src/values.ts'
import { loadPlugins } from '../../src/definitions/plugins.ts'
import type { Register } from '../../src/server/own-plugin.ts'
import { holder, required } from '../support/access.ts'
import { examples, linkPackage } from '../support/examples.ts'
import { databases, type Service, type ServiceOptions } from '../support/service.ts'
import { openBrowser, withoutBrowser } from './browser.ts'
import { changeOf, enterRow, type Row, rowToEnter } from './entries.ts'
import { accessibilityFindings, openSite } from './site.ts'
import { addFilter, becomes, cells, gone, menu, rowCount } from './visit.ts'

linkPackage()

/** A service that somebody looks at, with a key that may do everything. */
interface Visit {
  readonly t: Test
  readonly name: string
  readonly page: Page
  readonly service: Service
  readonly headers: Readonly<Record<string, string>>
  /** Whether each page is looked at for who cannot see it, or only in the dark or on a phone. */
  readonly isLookedAt: boolean
}

interface Case extends Visit {
  readonly resource: Resource
  /** The addresses of the rows that are there before. */
  readonly rows: readonly string[]
}

const services = ['restwell', ...examples]

async function definitionsOf(name: string): Promise<ServiceOptions> {
  if (name === 'restwell') return {}
  const plugins = await loadPlugins<Register>(`examples/${name}/plugins`)
  return { schemas: `examples/${name}/schemas`, plugins }
}

const seeds = [0, 1, 2, 3]
const [entered, imported] = [4, 5]

// Each database has a browser of its own, which waits for pages most of the time.
const besideOthers = { skip: withoutBrowser, buffered: true }
t.jobs = databases.length

for (const database of databases)
  t.test(`every resource in the console (${database.name})`, besideOthers, async t => {
    const browser = await openBrowser(t)
    for (const name of services)
      await t.test(name, async t => {
        const options = { ...(await definitionsOf(name)), access: required }
        const { timeZone } = Intl.DateTimeFormat().resolvedOptions()
        const context = { timezoneId: timeZone }
        const site = await openSite(t, browser, { url: await database.url(t), options, context })
        const { page, service, complaints } = site
        const { key, headers } = await holder(service.store, ['*'])
        await signIn(page, key)
        const document = (await service.get('/openapi.json', headers)).json as Document
        const api = readDocument(document)
        const isLookedAt = database.name === 'sqlite'
        const visit = { t, name, page, service, headers, isLookedAt }
        const cases: Case[] = []
        for (const resource of listed(api))
          cases.push({ ...visit, resource, rows: await seed(visit, resource) })
        for (const each of cases)
          await t.test(each.resource.name, async t => tryResource({ ...each, t }))
        await t.test('with a key that may only read', async t =>
          tryReading({ ...visit, t }, cases, api),
        )
        t.strictSame(complaints, [], 'the browser complains of nothing')
      })
  })

/** Imports have pages of their own, and a test of their own. */
const listed = ({ resources }: Api) =>
  resources.filter(({ path }) => !path.includes('{') && path !== '/imports')

async function signIn(page: Page, key: string) {
  await page.goto('/')
  await page.evaluate(`sessionStorage.setItem('restwell-credentials', '${key}')`)
}

/** The addresses of new rows; none where they cannot be created. */
async function seed({ t, name, service, headers }: Visit, resource: Resource) {
  if (resource.create === undefined) return []
  const locations: string[] = []
  for (const n of seeds) {
    const row = rowToEnter(name, resource, n)
    const { status, text, headers: answered } = await service.post(resource.path, row, headers)
    t.equal(status, 201, `${resource.path} ${JSON.stringify(row)} ${text}`)
    locations.push(String(answered.location))
  }
  return locations
}

async function tryResource(each: Case) {
  await look(each)
  await filter(each)
  await sort(each)
  await turnPages(each)
  await exportRows(each)
  if (each.resource.create !== undefined) {
    const created = await create(each)
    if (each.resource.create.bodyTypes.includes('application/x-ndjson')) await importRow(each)
    if (each.resource.update !== undefined) await edit(each)
    if (each.resource.remove !== undefined) await remove(each, created)
  }
}

async function list({ service, headers, resource }: Case, query = ''): Promise<readonly Row[]> {
  return (await service.get(resource.path + query, headers)).json as readonly Row[]
}

async function countOf({ service, headers, resource }: Case): Promise<number> {
  const counting = { ...headers, prefer: 'count=exact' }
  const { headers: counted } = await service.get(`${resource.path}?limit=1`, counting)
  return Number(counted['x-total-count'])
}

/** A change of the fragment alone would load nothing. */
async function open(page: Page, address: string) {
  await page.goto('about:blank')
  await page.goto(address)
}

/** In the light, in the dark, and on a phone. */
async function beUsable({ t, page, isLookedAt }: Visit, what: string) {
  if (!isLookedAt) return
  t.strictSame(await accessibilityFindings(page), [], what)
  await page.emulateMedia({ colorScheme: 'dark' })
  t.strictSame(await accessibilityFindings(page, ['color-contrast']), [], `${what}, dark`)
  await page.emulateMedia({ colorScheme: 'light' })
  const usual = page.viewportSize()
  await page.setViewportSize({ width: 390, height: 844 })
  const width = 'document.documentElement.scrollWidth - innerWidth'
  t.equal(await page.evaluate(width), 0, `${what} has the width of a phone`)
  t.strictSame(await accessibilityFindings(page), [], `${what}, on a phone`)
  if (usual !== null) await page.setViewportSize(usual)
}

async function look(each: Case) {
  const { t, page, resource } = each
  await open(page, resource.path)
  const found = await list(each)
  t.equal(await rowCount(page, found.length), found.length, 'looked at')
  await beUsable(each, resource.path)
  if (found.length === 0 || resource.member === undefined) return
  await page.locator('tbody th a').first().click()
  await page.getByText('As JSON').waitFor()
  await beUsable(each, resource.member)
}

async function filter(each: Case) {
  const { t, page, resource } = each
  const [first = {}] = await list(each)
  const called = nameField(resource.fields, resource.key)
  const names = [called, resource.key, ...resource.filters.map(({ field }) => field)]
  const filter = names
    .map(name => resource.filters.find(({ parameter }) => parameter === name))
    .find(found => found !== undefined && first[found.field] !== null)
  if (filter === undefined) throw new Error(`${resource.path} has no filter.`)
  const value = String(first[filter.field])
  await open(page, resource.path)
  await addFilter(page, title(filter.field), 'is', value)
  const query = new URLSearchParams({ [filter.parameter]: value })
  const found = await list(each, `?${query}`)
  t.equal(await rowCount(page, found.length), found.length, `filtered by ${query}`)
}

async function sort(each: Case) {
  const { t, page, resource } = each
  const [first = {}] = await list(each)
  const [shown = ''] = Object.keys(first)
  const field = Object.keys(first).find(name => name !== shown && resource.sorts.includes(name))
  if (field === undefined) return t.comment(`${resource.path} has nothing to sort by`)
  await open(page, resource.path)
  const heading = page
    .getByRole('columnheader')
    .filter({ hasText: title(field) })
    .first()
  for (const [order, direction] of [
    [field, 'ascending'],
    [`-${field}`, 'descending'],
  ] as const) {
    await heading.getByRole('button').click()
    const wanted = (await list(each, `?sort=${order}`)).map(row => String(row[shown])).join()
    await becomes(t, async () => (await cells(page, 1)).join(), wanted)
    t.equal(await heading.getAttribute('aria-sort'), direction)
  }
}

async function turnPages(each: Case) {
  const { t, page, resource } = each
  const found = await list(each)
  const [shown = ''] = Object.keys(found[0] ?? {})
  if (found.length < 2) return t.comment(`${resource.path} has one page`)
  const [first, second] = found.map(row => String(row[shown]))
  await open(page, `${resource.path}?limit=1`)
  for (const [link, wanted] of [
    ['Next', second],
    ['Previous', first],
  ] as const) {
    await page.getByRole('link', { name: link, exact: true }).click()
    await becomes(t, async () => (await cells(page, 1)).join(), wanted)
  }
}

async function exportRows({ t, page, service, headers, resource }: Case) {
  await open(page, resource.path)
  await menu(page, 'Export').click()
  const downloading = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download CSV', exact: true }).click()
  const file = await downloading
  const { text } = await service.get(resource.path, { ...headers, accept: 'text/csv' })
  t.equal(await readFile(await file.path(), 'utf8'), text, 'exported')
}

/** The address of the new row. */
async function create(each: Case): Promise<string> {
  const { t, name, page, resource } = each
  const before = await countOf(each)
  await open(page, resource.path)
  await page.getByRole('link', { name: resource.create?.summary ?? '', exact: true }).click()
  const row = rowToEnter(name, resource, entered)
  await enterRow(page, 'new', resource.create?.body ?? [], row)
  await beUsable(each, `${resource.path}#new`)
  await page.getByRole('button', { name: resource.create?.summary ?? '', exact: true }).click()
  const close = page.getByRole('link', { name: 'Close' })
  await page.getByText('As JSON').or(close).first().waitFor()
  if ((await close.count()) > 0) await close.click()
  await page.getByText('As JSON').waitFor()
  t.equal(await countOf(each), before + 1, 'created')
  const { pathname } = new URL(page.url())
  const { json } = await each.service.get(pathname, each.headers)
  const called = nameField(resource.create?.body ?? [], resource.key)
  t.equal(json[called], row[called] ?? json[called])
  return pathname
}

async function importRow(each: Case) {
  const { t, name, page, resource } = each
  const before = await countOf(each)
  await open(page, resource.path)
  await page.getByRole('link', { name: 'Import', exact: true }).click()
  const row = JSON.stringify(rowToEnter(name, resource, imported))
  const file = { name: 'rows.ndjson', mimeType: '', buffer: Buffer.from(row) }
  await page.setInputFiles('input[type=file]', file)
  await page.getByRole('button', { name: 'Import 1 row' }).waitFor()
  await beUsable(each, `${resource.path}#import`)
  await page.getByRole('button', { name: 'Import 1 row' }).click()
  await page.getByText('1 created').waitFor()
  t.equal(await countOf(each), before + 1, 'imported')
}

async function edit(each: Case) {
  const { t, page, service, headers, resource, rows } = each
  const row = rows.at(-1) ?? ''
  const { json } = await service.get(row, headers)
  if (resource.update === undefined) return
  const { field, mine, theirs } = changeOf(resource.update, json, resource.key)
  await open(page, row)
  await page.getByRole('link', { name: 'Edit', exact: true }).click()
  await page.locator(`#edit-${field.name}`).waitFor()
  await beUsable(each, `${row}#edit`)
  const control = page.locator(`#edit-${field.name}`)
  const isChoice = field.words !== undefined
  await (isChoice ? control.selectOption(mine) : control.fill(mine))
  const { status, text } = await service.patch(row, { [field.name]: theirs }, headers)
  t.equal(status, 200, text)
  await page.getByRole('button', { name: 'Save' }).click()
  const race = page.locator('.races tbody tr').filter({ hasText: title(field.name) })
  await race.waitFor()
  t.strictSame(await race.locator('td').allTextContents(), [mine, String(theirs)], 'a lost race')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('link', { name: 'Edit', exact: true }).waitFor()
  const saved = (await service.get(row, headers)).json
  t.equal(String(saved[field.name]), mine, 'edited')
}

async function remove({ t, page, service, headers, resource }: Case, row: string) {
  await open(page, row)
  await page.getByRole('button', { name: 'Delete', exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await page.waitForURL(new RegExp(`${resource.path}$`))
  t.equal((await service.get(row, headers)).status, 404, 'deleted')
}

/** What is not allowed is not offered, and refused. */
async function tryReading(visit: Visit, cases: readonly Case[], api: Api) {
  const { t, page, service } = visit
  const scopes = new Set(listed(api).flatMap(({ list }) => list.scopes ?? []))
  const reading = [...scopes].filter(scope => scope.endsWith(':read'))
  const reader = await holder(service.store, reading)
  await signIn(page, reader.key)
  for (const { resource, rows, name } of cases) {
    await open(page, resource.path)
    await page.getByText('As a request').waitFor()
    await gone(t, page.locator('.page .actions').locator('a, button'))
    for (const fragment of ['#new', '#import']) {
      await open(page, resource.path + fragment)
      await page.getByText('As a request').waitFor()
    }
    const [row] = rows
    if (row === undefined) continue
    const { status } = await service.get(row, reader.headers)
    await open(page, row)
    await (status === 200 ? page.getByText('As JSON') : page.getByRole('alert')).waitFor()
    await gone(t, page.locator('.page .actions').locator('a, button'))
    const sent = rowToEnter(name, resource, imported + 1)
    t.equal((await service.post(resource.path, sent, reader.headers)).status, 403, 'refused')
    if (resource.remove !== undefined)
      t.equal((await service.delete(row, reader.headers)).status, 403, 'refused')
  }
}
