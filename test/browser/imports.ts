// Imports in the console: a file is chosen, looked at, sent and stored, at once or later, with what is wrong beside its row.

import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import t from 'tap'
import { holder, required } from '../support/access.ts'
import { databases } from '../support/service.ts'
import { openBrowser, withoutBrowser } from './browser.ts'
import { accessibilityFindings } from './site.ts'
import { becomes, gone, rowCount, visitor } from './visit.ts'

const country = (n: number) => ({ name: `Land ${n}`, capital: `City ${n}`, area: n })
const lines = (count: number) =>
  Array.from({ length: count }, (_, n) => `${JSON.stringify(country(n))}\n`).join('')

async function choose(page: Page, name: string, text: string) {
  const mimeType = name.endsWith('csv') ? 'text/csv' : ''
  await page.setInputFiles('input[type=file]', { name, mimeType, buffer: Buffer.from(text) })
  await page.getByRole('table', { name: 'The first rows of the file' }).waitFor()
}

const send = (page: Page) => page.getByRole('button', { name: /^Import \d/ }).click()
/** The table of what is wrong, row by row. */
async function wrongRows(page: Page): Promise<readonly string[][]> {
  await wrong(page).waitFor()
  const rows = await wrong(page).locator('tbody tr').all()
  return Promise.all(rows.map(row => row.locator('th, td').allTextContents()))
}

const wrong = (page: Page) => page.getByRole('table', { name: 'What is wrong, by line' })

for (const { name, url } of databases)
  t.test(`imports in the console (${name})`, { skip: withoutBrowser }, async t => {
    const visit = visitor(await openBrowser(t), url)

    await visit(t, 'a file is looked at, and stored at once', async (t, { page, service }) => {
      await page.goto('/countries')
      await page.getByRole('link', { name: 'Import', exact: true }).click()
      t.strictSame(await accessibilityFindings(page), [])
      await choose(
        page,
        'a.csv',
        'Name,Town,Area,Remark\nPeru,Lima,1285216,x\nLaos,Vientiane,1,y\n',
      )
      await page.getByText('a.csv · 2 rows, 61 bytes').waitFor()
      await page.getByText('Left out, because they match no field: Town, Remark.').waitFor()
      await page.getByText('Every row needs a value, but no column has it: Capital.').waitFor()
      await page.getByLabel('Field of the column Town').selectOption('Capital')
      await gone(t, page.getByText('Every row needs a value'))
      t.strictSame(await accessibilityFindings(page), [])
      await send(page)
      await page.getByText('2 created').waitFor()
      await page.getByRole('link', { name: 'Show the rows' }).click()
      t.equal(await rowCount(page, 5), 5)
      const { json } = await service.get('/countries?name=Peru&fields=name,capital,area')
      t.strictSame(json, [{ name: 'Peru', capital: 'Lima', area: 1285216 }])
    })

    await visit(t, 'a file is dropped', async (t, { page }) => {
      await page.goto('/countries#import')
      const dropped = await page.evaluateHandle(`(() => {
        const transfer = new DataTransfer()
        transfer.items.add(new File(['name,capital,area\\nPeru,Lima,1\\n'], 'dropped.csv'))
        return transfer
      })()`)
      const zone = page.locator('.drop')
      await zone.dispatchEvent('dragover', { dataTransfer: dropped })
      await page.locator('.drop.over').waitFor()
      await zone.dispatchEvent('drop', { dataTransfer: dropped })
      await page.getByText('dropped.csv · 1 row, 30 bytes').waitFor()
      await send(page)
      await page.getByText('1 created').waitFor()
      await page.getByRole('link', { name: 'Show the rows' }).click()
      t.equal(await rowCount(page, 4), 4)
    })

    await visit(t, 'what is wrong stands beside its row', async (t, { page, service }) => {
      await page.goto('/countries#import')
      await choose(page, 'a.csv', 'name,capital,area\nPeru,Lima,1\nLaos,Vientiane,large\n,Oslo,2\n')
      await send(page)
      await becomes(
        t,
        async () => (await wrongRows(page)).map(row => row.join()).join(' | '),
        '3,Area must be integer,Laos,Vientiane,large | 4,Name is required,,Oslo,2',
      )
      t.strictSame(await accessibilityFindings(page), [])
      const downloading = page.waitForEvent('download')
      await page.getByRole('button', { name: 'Download what is wrong' }).click()
      const file = await downloading
      t.equal(file.suggestedFilename(), 'a.csv.findings.csv')
      t.equal(
        await readFile(await file.path(), 'utf8'),
        'line,field,detail\r\n3,"area","must be integer"\r\n4,"name","is required"\r\n',
      )
      t.equal((await service.get('/countries')).json.length, 3)
      await page.getByRole('button', { name: 'Another file' }).click()
      await choose(page, 'a.ndjson', lines(2))
      await send(page)
      await page.getByText('2 created').waitFor()
    })

    await visit(t, 'rows that are there are skipped or replaced', async (t, { page, service }) => {
      const row = { title: 'T', authors: [{ name: 'N' }], isbn13: '978-0000000009' }
      await service.post('/books', row)
      await page.goto('/books#import')
      await choose(page, 'a.ndjson', `${JSON.stringify({ ...row, title: 'U' })}\n`)
      await send(page)
      await page.getByText('Conflict.').waitFor()
      await page.getByLabel('If a key or a unique value is taken').selectOption('skip')
      await send(page)
      await page.getByText('0 created, 1 left out').waitFor()
      await page.reload()
      await choose(page, 'a.ndjson', `${JSON.stringify({ ...row, title: 'U' })}\n`)
      await page.getByLabel('If a key or a unique value is taken').selectOption('replace')
      await send(page)
      await page.getByText('0 created, 1 replaced').waitFor()
      const { json } = await service.get(`/books?isbn13=${row.isbn13}`)
      t.match(json, [{ title: 'U' }])
    })

    await visit(t, 'many rows are stored later, and their page tells', async (t, { page }) => {
      await page.goto('/countries#import')
      await choose(page, 'many.ndjson', lines(12_000))
      await page.getByText('So many rows are received first').waitFor()
      await send(page)
      await page.waitForURL(/\/imports\/\d+$/)
      await page.getByText('All rows are stored.').waitFor()
      await page.getByText('12,000 created').waitFor()
      t.strictSame(await accessibilityFindings(page), [])
      await page.getByRole('link', { name: 'Show the rows' }).click()
      await page.getByText('20 of 12,003 rows').waitFor()
    })

    await visit(t, 'what is wrong with rows that were stored later', async (t, { page }) => {
      await page.goto('/countries#import')
      await choose(page, 'a.csv', 'name,capital,area\nPeru,Lima,1\nLaos,Vientiane,large\n')
      await page.getByLabel('Store them after they are received').check()
      await send(page)
      await page.getByText('No row was stored.').waitFor()
      await becomes(
        t,
        async () => (await wrongRows(page)).join(),
        '3,Area must be integer,Laos,Vientiane,large',
      )
      await page.reload()
      t.strictSame(await wrongRows(page), [['3', 'Area must be integer']])
      await page.emulateMedia({ colorScheme: 'dark' })
      await page.setViewportSize({ width: 390, height: 844 })
      t.strictSame(await accessibilityFindings(page), [], 'in the dark, on a phone')
      t.equal(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), 0)
      await page.getByRole('button', { name: 'Delete this record' }).click()
      await page.getByText('There are no rows.').waitFor()
    })

    await visit(t, 'an import is cancelled', async (t, { page, service }) => {
      await page.goto('/countries#import')
      await choose(page, 'many.ndjson', lines(150_000))
      await send(page)
      await page.getByRole('button', { name: 'Cancel the import' }).click()
      await page.getByText('Cancelled: no row was stored.').waitFor()
      t.equal((await service.get('/countries')).json.length, 3)
    })

    await visit(t, 'rows below a parent need not name it', async (t, { page, service }) => {
      await page.goto('/events/2/guests#import')
      await choose(page, 'a.csv', 'name,email\nAda,lovelace@example.org\n')
      await send(page)
      await page.getByText('1 created').waitFor()
      const { json } = await service.get('/events/2/guests?name=Ada')
      t.match(json, [{ event_id: 2, email: 'lovelace@example.org' }])
    })

    await visit(
      t,
      'who may not create is not offered it',
      async (t, { page, service }) => {
        const { key } = await holder(service.store, ['countries:read'])
        await page.goto('/countries#import')
        await page.getByLabel('API key or token').fill(key)
        await page.getByRole('button', { name: 'Sign in' }).click()
        t.equal(await rowCount(page, 3), 3)
        await gone(t, page.locator('input[type=file]'))
        await gone(t, page.getByRole('link', { name: 'Import', exact: true }))
      },
      { access: required },
    )
  })
