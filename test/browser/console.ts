// The console as people use it, in a real browser: they look, filter, sort, turn pages, create, edit, delete and export.

import { readFile } from 'node:fs/promises'
import t from 'tap'
import { action, extend, resource, Type, view } from '../../src/restwell.ts'
import { holder, required } from '../support/access.ts'
import { databases } from '../support/service.ts'
import { openBrowser, withoutBrowser } from './browser.ts'
import { accessibilityFindings, openSite } from './site.ts'
import {
  addFilter,
  becomes,
  cells,
  focused,
  gone,
  menu,
  rowCount,
  until,
  visitor,
} from './visit.ts'

const { PICTURES } = process.env

const names = [
  ...['books', 'cars', 'countries', 'customers', 'events', 'guests'],
  ...['sales', 'tasks', 'todos', 'transactions', 'users'],
]

const parcels = resource(
  'parcels',
  Type.Object({
    code: Type.String({ maxLength: 20 }),
    weight: Type.Integer({ minimum: 1, description: 'In grams' }),
    state: Type.String({ readOnly: true, default: 'packed', maxLength: 20 }),
  }),
  {
    description: 'Parcels on their way',
    sample: [{ code: 'A1', weight: 100 }],
  },
)

extend(parcels, {
  actions: {
    send: action({
      summary: 'Send a parcel',
      body: Type.Object({ carrier: Type.String({ minLength: 2, maxLength: 20 }) }),
      run: ({ body }) => ({ state: `with ${body.carrier}` }),
    }),
  },
  views: {
    heavy: view({
      on: 'collection',
      summary: 'Heavy parcels',
      parameters: Type.Object({ least: Type.Integer({ minimum: 1 }) }),
      response: Type.Array(Type.Object({ code: Type.String(), weight: Type.Integer() })),
      *run({ parameters, db }) {
        const found = yield* db.list(parcels, { weight_gte: parameters.least })
        return found.map(({ code, weight }) => ({ code, weight }))
      },
    }),
  },
})

for (const { name, url } of databases)
  t.test(`the console (${name})`, { skip: withoutBrowser }, async t => {
    const browser = await openBrowser(t)
    const visit = visitor(browser, url)

    await visit(t, 'leads to every resource, and shows its rows', async (t, { page, service }) => {
      await page.goto('/')
      t.equal(await page.title(), 'API')
      await page.getByText('2 rows').first().waitFor()
      for (const name of names) {
        await page
          .getByRole('navigation', { name: 'Resources' })
          .locator(`a[href="/${name}"]`)
          .click()
        const { json } = await service.get(`/${name}`)
        await page.getByRole('heading', { level: 1, name: new RegExp(name, 'i') }).waitFor()
        t.equal(await rowCount(page, json.length), json.length, name)
        t.equal(new URL(page.url()).pathname, `/${name}`)
      }
      await page.goBack()
      await page.getByRole('heading', { level: 1, name: 'Transactions' }).waitFor()
    })

    await visit(t, 'filters, sorts and exports what is asked for', async (t, { page }) => {
      await page.goto('/sales')
      t.equal(await rowCount(page, 5), 5)
      t.strictSame(
        await until(
          () => cells(page, 2),
          found => found[0] === 'Amara Vinter',
        ),
        ['Amara Vinter', 'Amara Vinter', 'Teo Marchetti', 'Teo Marchetti', 'Sunniva Blake'],
      )
      await addFilter(page, 'Currency', 'is', 'EUR')
      t.equal(await rowCount(page, 4), 4)
      await addFilter(page, 'Sold at', 'is before', '2026-04-01T00:00')
      t.equal(await rowCount(page, 2), 2)
      t.match(page.url(), /currency=EUR&sold_at_lt=2026-03-31T22/, 'in the time zone of the reader')
      const amount = page.getByRole('columnheader', { name: 'Amount' })
      await amount.getByRole('button').click()
      await page.waitForURL(/sort=amount/)
      t.strictSame(
        await until(
          () => cells(page, 3),
          ([first]) => first === '4275',
        ),
        ['4275', '129900'],
      )
      await amount.getByRole('button').click()
      await page.waitForURL(/sort=-amount/)
      t.equal(await amount.getAttribute('aria-sort'), 'descending')
      t.strictSame(
        await until(
          () => cells(page, 3),
          ([first]) => first === '129900',
        ),
        ['129900', '4275'],
      )

      await menu(page, 'Columns').click()
      await page.getByLabel('Description').click()
      await page.waitForURL(/fields=id,customer_id,amount,currency,sold_at/)
      await page.keyboard.press('Escape')
      await menu(page, 'Export').click()
      const downloading = page.waitForEvent('download')
      await page.getByRole('button', { name: 'Download CSV', exact: true }).click()
      const file = await downloading
      t.equal(file.suggestedFilename(), 'sales.csv')
      t.equal(
        await readFile(await file.path(), 'utf8'),
        'id,customer_id,amount,currency,sold_at\r\n' +
          '1,1,129900,EUR,2026-02-03T09:30:00.000Z\r\n3,2,4275,EUR,2026-03-12T06:15:00.000Z\r\n',
      )
      await page.keyboard.press('Escape')
      await page.getByText('As a request').click()
      t.match(
        await page.locator('.request code').textContent(),
        /^curl '.*currency=EUR.*sort=-amount/,
      )
      await page.getByRole('button', { name: 'Remove the filter Currency is EUR' }).click()
      t.equal(await rowCount(page, 3), 3)
    })

    await visit(
      t,
      'leads from the address alone to last month’s sales of one customer',
      async (t, { page, service }) => {
        const now = new Date()
        const lastMonth = new Date(now.getFullYear(), now.getMonth() - 1, 15).toISOString()
        const sale = { customer_id: 1, amount: 5, currency: 'EUR' }
        for (const sold_at of [lastMonth, now.toISOString()])
          await service.post('/sales', { ...sale, sold_at })
        await service.post('/sales', { ...sale, sold_at: lastMonth, customer_id: 2 })
        await page.goto('/')
        await page.getByRole('navigation').getByRole('link', { name: 'Sales' }).click()
        await addFilter(page, 'Customer id', 'is', 'amara')
        await page.getByText('Customer id is Amara Vinter').waitFor()
        await addFilter(page, 'Sold at', 'is within', 'lastMonth')
        t.equal(await rowCount(page, 1), 1)
        await menu(page, 'Export').click()
        const downloading = page.waitForEvent('download')
        await page.getByRole('button', { name: 'Download CSV', exact: true }).click()
        const csv = await readFile(await (await downloading).path(), 'utf8')
        t.match(csv, /^id,customer_id,amount,currency,sold_at,description\r\n\d+,1,5,EUR,.*,\r\n$/)
      },
    )

    await visit(t, 'turns pages both ways', async (t, { page, service }) => {
      const { json, headers } = await service.get('/todos?limit=100', { prefer: 'count=exact' })
      const total = Number(headers['x-total-count'])
      await page.goto('/todos')
      t.equal(await rowCount(page, 20), 20)
      const first = await cells(page, 1)
      await page.getByText(`20 of ${total} rows`).waitFor()
      await page.getByRole('link', { name: 'Next' }).click()
      const second = await until(
        () => cells(page, 1),
        found => found[0] !== first[0],
      )
      t.equal(second[0], String(json[20].id))
      await page.getByRole('link', { name: 'Previous' }).click()
      t.strictSame(
        await until(
          () => cells(page, 1),
          found => found[0] === first[0],
        ),
        first,
      )
      await gone(t, page.getByRole('link', { name: 'Previous' }))
      await page.getByLabel('Rows per page').selectOption('500')
      t.equal(await rowCount(page, total), total)
    })

    await visit(
      t,
      'creates a row, with what is wrong beside its field',
      async (t, { page, service }) => {
        await page.goto('/countries')
        await page.getByRole('link', { name: 'Create a country' }).click()
        await page.getByLabel('Capital').fill('Lima')
        await page.getByLabel('Area').fill('much')
        await page.getByRole('button', { name: 'Create a country' }).click()
        await page.getByText('Name is required.').waitFor()
        t.equal(await page.getByLabel('Name').getAttribute('aria-invalid'), 'true')
        t.match(
          await page.locator('.field', { hasText: 'Area' }).textContent(),
          /Area must be integer/,
        )
        t.equal(await page.getByLabel('Capital').inputValue(), 'Lima', 'what was entered stays')
        await page.getByLabel('Name').fill('<b>Peru</b>')
        await page.getByLabel('Area').fill('1285216')
        await page.getByRole('button', { name: 'Create a country' }).click()
        await page.getByRole('heading', { level: 1, name: '<b>Peru</b>' }).waitFor()
        const { json } = await service.get(new URL(page.url()).pathname)
        t.match(json, { name: '<b>Peru</b>', capital: 'Lima', area: 1285216 })
      },
    )

    await visit(t, 'offers rows by their names, of however many', async (t, { page, service }) => {
      const people = Array.from({ length: 120 }, (_, n) => ({
        name: `Person ${n}`,
        email: `person${n}@example.com`,
      }))
      const rows = [...people, { name: 'Zora Lind', email: 'zora@example.com' }]
      const body = rows.map(row => JSON.stringify(row)).join('\n')
      const headers = { 'content-type': 'application/x-ndjson' }
      t.equal((await service.request('POST', '/customers', { body, headers })).status, 201)
      await page.goto('/sales#new')
      const offered = page.locator('datalist option')
      await becomes(t, () => offered.count(), 100)
      await page.getByLabel('Customer id').fill('zora')
      await becomes(t, async () => (await offered.allTextContents()).join(), 'Zora Lind')
    })

    await visit(t, 'enters a list by its items', async (t, { page, service }) => {
      await page.goto('/books#new')
      await page.getByLabel('Title').fill('Two')
      const add = page.getByRole('button', { name: 'Add to Authors' })
      await add.click()
      await becomes(t, () => page.evaluate('document.activeElement.name'), 'name')
      await page.keyboard.type('Ada')
      await add.click()
      await add.click()
      await page.getByRole('button', { name: 'Remove Authors 2' }).click()
      t.strictSame(await accessibilityFindings(page), [])
      await page.getByRole('button', { name: 'Create a book' }).click()
      const second = page.getByLabel('Name').nth(1)
      await page.getByText('Name must NOT have fewer than 1 characters.').waitFor()
      t.equal(await second.getAttribute('aria-invalid'), 'true')
      t.equal(await page.getByLabel('Name').first().getAttribute('aria-invalid'), null)
      await second.fill('Bea')
      await page.getByRole('button', { name: 'Create a book' }).click()
      await page.getByText('Ada, Bea').waitFor()
      const { json } = await service.get(new URL(page.url()).pathname)
      t.strictSame(json.authors, [{ name: 'Ada' }, { name: 'Bea' }])
      await page.getByRole('link', { name: 'Edit' }).click()
      await page.getByRole('button', { name: 'Remove Authors 1' }).click()
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByRole('link', { name: 'Edit' }).waitFor()
      t.strictSame((await service.get(new URL(page.url()).pathname)).json.authors, [
        { name: 'Bea' },
      ])
    })

    await visit(
      t,
      'shows figures, of the rows that the filters let through',
      async (t, { page }) => {
        await page.goto('/sales')
        await page.getByRole('link', { name: 'Summarize sales' }).click()
        await page.getByRole('group', { name: 'Group by' }).getByLabel('customer_id').check()
        await page.getByRole('group', { name: 'Sum' }).getByLabel('amount').check()
        await page.getByRole('button', { name: 'Apply' }).first().click()
        await page.waitForURL(/summary\?group_by=customer_id&sum=amount/)
        t.equal(await rowCount(page, 3), 3)
        await page.getByRole('link', { name: 'Amara Vinter' }).waitFor()
        await addFilter(page, 'Currency', 'is', 'EUR')
        t.equal(await rowCount(page, 2), 2)
        t.match(page.url(), /group_by=customer_id&sum=amount&currency=EUR/)
        t.strictSame(await cells(page, 2), ['148450', '8775'])
        await menu(page, 'Export').click()
        const downloading = page.waitForEvent('download')
        await page.getByRole('button', { name: 'Download CSV', exact: true }).click()
        const file = await (await downloading).path()
        t.match(await readFile(file, 'utf8'), /^customer_id,amount_sum\r\n1,148450\r\n/)
      },
    )

    await visit(
      t,
      'edits a row, and loses nothing where somebody else was faster',
      async (t, { page, service }) => {
        await page.goto('/customers/1')
        await page.getByRole('link', { name: 'Edit' }).click()
        await page.getByLabel('Company').fill('Mine')
        await page.getByLabel('Phone').fill('+47 1')
        await service.patch('/customers/1', { company: 'Theirs', status: 'lost' })
        await page.getByRole('button', { name: 'Save' }).click()
        const races = page.locator('.races')
        await races.waitFor()
        t.strictSame(await races.locator('tbody th').allTextContents(), ['Company', 'Status'])
        t.match(await races.locator('tbody tr').first().textContent(), /Mine.*Theirs/)
        t.equal(
          await page.getByLabel('Status').last().inputValue(),
          'lost',
          'what nobody else edited',
        )
        await races.getByLabel('Theirs').click()
        await becomes(t, () => page.getByLabel('Company').inputValue(), 'Theirs')
        await races.getByLabel('Mine').click()
        await page.getByRole('button', { name: 'Save' }).click()
        await page.getByRole('link', { name: 'Edit' }).waitFor()
        const { json } = await service.get('/customers/1')
        t.match(json, { company: 'Mine', phone: '+47 1', status: 'lost' })
        await page.locator('dd', { hasText: 'Mine' }).waitFor()
      },
    )

    await visit(t, 'deletes a row, unless others refer to it', async (t, { page, service }) => {
      await page.goto('/customers/1')
      t.match(
        await until(
          async () => page.locator('.related').textContent(),
          found => /Sales 2/.test(found ?? ''),
        ),
        /Sales 2/,
      )
      await page.getByRole('row', { name: 'Bookshelf' }).waitFor()
      await page.getByRole('button', { name: 'Delete' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('button', { name: 'Delete' }).click()
      await dialog.getByRole('alert').waitFor()
      t.match(await dialog.textContent(), /Conflict/)
      await page.keyboard.press('Escape')
      await gone(t, dialog)
      await page.goto('/countries/1')
      await page.getByRole('button', { name: 'Delete' }).click()
      await dialog.getByRole('button', { name: 'Delete' }).click()
      await page.waitForURL('/countries')
      t.equal((await service.get('/countries/1')).status, 404)
    })

    await visit(
      t,
      'performs actions and shows views',
      async (t, { page, service }) => {
        await page.goto('/parcels/1')
        await page.getByRole('button', { name: 'Send a parcel' }).click()
        await page.getByLabel('Carrier').fill('train')
        await page.getByRole('button', { name: 'Run' }).click()
        await page.getByText('Done.').waitFor()
        await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click()
        await page.locator('dd', { hasText: 'with train' }).waitFor()
        t.equal((await service.get('/parcels/1')).json.state, 'with train')
        await page.goto('/parcels')
        await page.getByRole('link', { name: 'Heavy parcels' }).click()
        await page.getByLabel('Least').fill('50')
        await page.getByRole('button', { name: 'Apply' }).click()
        await page.waitForURL(/\/parcels\/heavy\?least=50/)
        t.equal(await rowCount(page, 1), 1)
        t.strictSame(await cells(page, 1), ['A1'])
      },
      { resources: [parcels] },
    )

    await visit(
      t,
      'offers what the credentials of the tab allow',
      async (t, { page, service }) => {
        const { key } = await holder(service.store, ['books:read', 'cars:read', 'cars:write'])
        await page.goto('/books')
        await page.getByLabel('API key or token').fill(key)
        await page.getByRole('button', { name: 'Sign in' }).click()
        t.equal(await rowCount(page, 2), 2)
        await gone(t, page.getByRole('link', { name: 'Create a book' }))
        await page.reload()
        t.equal(await rowCount(page, 2), 2, 'they are kept for the tab')
        await page.goto('/books/1#edit')
        await page.getByText('As JSON').waitFor()
        await gone(t, page.getByRole('button', { name: 'Save' }))
        await gone(t, page.getByRole('button', { name: 'Delete' }))
        await page.goto('/cars')
        await page.getByRole('link', { name: 'Create a car' }).waitFor()
        await page.getByRole('button', { name: 'Leave' }).click()
        await page.getByLabel('API key or token').waitFor()
        await becomes(t, () => page.evaluate('sessionStorage.length'), 0)
      },
      { access: required },
    )
  })

/** One of each kind of page, with what must be there before it is looked at. */
const pages = [
  ['/', '.count:has-text("row")'],
  ['/sales?currency=EUR&sort=-amount', 'tbody a:has-text("Amara Vinter")'],
  ['/customers/1', '.related :has-text("2")'],
  ['/customers/1#edit', 'form'],
  ['/books#new', 'form'],
  ['/countries#import', 'input[type=file]'],
  ['/sales/summary?group_by=customer_id', 'tbody tr'],
  ['/imports', 'main .none'],
  ['/events/1/headcount', 'pre'],
  ['/saels', 'main ul'],
] as const

const looks = {
  light: {},
  dark: { colorScheme: 'dark' },
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
} as const

t.test('everyone can use the console', { skip: withoutBrowser }, async t => {
  const browser = await openBrowser(t)
  for (const [look, context] of Object.entries(looks))
    await t.test(look, async t => {
      const { page } = await openSite(t, browser, { url: `sqlite:${t.testdir()}/test.db`, context })
      for (const [address, sign] of pages) {
        // A change of the fragment alone would load nothing.
        await page.goto('about:blank')
        await page.goto(address)
        await page.locator(sign).first().waitFor()
        t.strictSame(await accessibilityFindings(page), [], address)
        const width = 'document.documentElement.scrollWidth - innerWidth'
        t.equal(await page.evaluate(width), 0, `${address} has the width of the window`)
      }
    })

  await t.test('by the keyboard alone', async t => {
    const { page } = await openSite(t, browser, { url: `sqlite:${t.testdir()}/test.db` })
    await page.goto('/countries')
    t.equal(await rowCount(page, 3), 3)
    await page.keyboard.press('Tab')
    await focused(t, page, 'Skip to the content')
    await page.getByRole('columnheader', { name: 'Area' }).getByRole('button').focus()
    await page.keyboard.press('Enter')
    await page.waitForURL(/sort=area/)
    await menu(page, 'Add filter').focus()
    await page.keyboard.press('Enter')
    await page.getByLabel('Condition').waitFor()
    await page.keyboard.press('Escape')
    await page.getByLabel('Condition').waitFor({ state: 'hidden' })
    await focused(t, page, 'Add filter')
    await page.locator('tbody a').first().focus()
    await page.keyboard.press('Enter')
    const title = page.getByRole('heading', { level: 1, name: 'Thailand' })
    await title.waitFor()
    await focused(t, page, 'Thailand')
  })
})

const countriesFile = {
  name: 'countries.csv',
  mimeType: 'text/csv',
  buffer: Buffer.from(
    'Name,Capital,Area,Remark\nPeru,Lima,1285216,Andes\nLaos,Vientiane,large,Mekong\n,Oslo,385207,Fjords\n',
  ),
}

t.test('the pictures of the guide', { skip: PICTURES === undefined }, async t => {
  const browser = await openBrowser(t)
  const [table, row] = [pages[1], pages[2]]
  const wrong = ['/countries#import', '.wrong'] as const
  const pictures = [
    ['table', table, { viewport: { width: 1120, height: 460 } }],
    ['phone', row, { ...looks.dark, ...looks.phone }],
    ['import', wrong, { viewport: { width: 1120, height: 800 } }],
  ] as const
  for (const [name, [address, sign], context] of pictures)
    await t.test(name, async t => {
      const { page } = await openSite(t, browser, { url: `sqlite:${t.testdir()}/test.db`, context })
      await page.goto(address)
      if (name === 'import') {
        await page.setInputFiles('input[type=file]', countriesFile)
        await page.getByRole('button', { name: 'Import 3 rows' }).click()
      }
      await page.locator(sign).first().waitFor()
      await page.screenshot({ path: `docs/images/console-${name}.png` })
    })
})
