// Rows to enter for a resource: the example of its document, with other names, and how they are entered in a form.

import type { Page } from 'playwright-core'
import type { Operation, Resource } from '../../console/src/document.ts'
import type { Field } from '../../console/src/schema.ts'
import { nameField, toControl } from '../../console/src/values.ts'
import { enter } from './visit.ts'

export type Row = Readonly<Record<string, unknown>>

/** Where the rules of a service leave no choice: its n-th row. */
const ruled: Readonly<Record<string, (n: number) => Row>> = {
  'booking/bookings': n => ({
    room_id: 1,
    title: `Planning ${n}`,
    starts_at: `2030-01-${n + 10}T09:00:00.000Z`,
    ends_at: `2030-01-${n + 10}T10:00:00.000Z`,
  }),
  'shop/categories': n => ({ name: `Tools ${n}` }),
  'shop/orders': () => ({ customer_id: 1 }),
  'shop/order_lines': n => ({ order_id: n + 1, product_id: 1, quantity: 1 }),
  'shop/products': n => ({ name: `Nails ${n}`, price: 450, stock: 100, tags: ['iron', 'small'] }),
  'tracker/teams': n => ({ name: `Team ${n}` }),
}

/** The n-th row, unlike all others where that may have to be. */
export function rowToEnter(service: string, resource: Resource, n: number): Row {
  const { create, name, key } = resource
  const own = ruled[`${service}/${name}`]
  if (own !== undefined) return own(n)
  const fields = new Map(create?.body.map(field => [field.name, field]))
  const called = nameField(create?.body ?? [], key)
  const members = Object.entries(create?.example ?? {}).map(([member, value]) => {
    const field = fields.get(member)
    const isName = [called, key].includes(member) || field?.format === 'email'
    const isFree = typeof value === 'string' && field?.refersTo === undefined
    return [member, isFree && (isName || isNumbered(value, field)) ? another(value, n) : value]
  })
  return Object.fromEntries(members)
}

const isNumbered = (value: string, field: Field | undefined) =>
  field?.format === '' && /\d$/.test(value)

/** `INV-0107` → `INV-0109`, `mira@example.com` → `cmira@example.com`, `Mira` → `Mirac`. */
function another(value: string, n: number): string {
  const letter = String.fromCharCode((value === value.toUpperCase() ? 65 : 97) + n)
  if (value.includes('@')) return `${letter}${value}`
  const digits = /\d+$/.exec(value)?.[0]
  if (digits === undefined) return n === 0 ? value : value + letter
  const next = String(Number(digits) + n).padStart(digits.length, '0')
  return value.slice(0, -digits.length) + next
}

export interface Change {
  readonly field: Field
  /** As entered, and as somebody else sends it. */
  readonly mine: string
  readonly theirs: unknown
}

/** A field of a row that may be changed, and what two people change it to. */
export function changeOf({ body }: Operation, row: Row, key: string): Change {
  const called = nameField(body, key)
  const editable = body.filter(
    ({ isReadOnly, name, format, refersTo }) =>
      !isReadOnly && row[name] !== null && format === '' && refersTo === undefined,
  )
  const rank = ({ name, type, words }: Field) =>
    name === called ? 0 : type === 'integer' ? 1 : words !== undefined ? 2 : 3
  const [field] = editable.sort((one, other) => rank(one) - rank(other))
  if (field === undefined) throw new Error(`No field of ${Object.keys(row)} can be changed.`)
  const value = row[field.name]
  if (field.words !== undefined) {
    const [mine = '', theirs] = field.words.filter(word => word !== value)
    return { field, mine, theirs }
  }
  if (typeof value === 'number') return { field, mine: String(value + 1), theirs: value + 2 }
  return { field, mine: `${value}m`, theirs: `${value}t` }
}

/** Enters a row in the form with this id. */
export async function enterRow(page: Page, id: string, fields: readonly Field[], row: Row) {
  for (const field of fields)
    if (row[field.name] !== undefined && row[field.name] !== null)
      await enterValue(page, `${id}-${field.name}`, field, row[field.name])
}

async function enterValue(page: Page, id: string, field: Field, value: unknown) {
  const { item, members } = field
  const about = page.locator('fieldset', { has: page.locator(`#${id}-about`) }).last()
  if (item?.words !== undefined) {
    for (const word of value as string[]) await about.getByLabel(word, { exact: true }).check()
  } else if (item !== undefined) {
    for (const [at, each] of (value as unknown[]).entries()) {
      await about.getByRole('button', { name: /^Add to/ }).click()
      await enterItem(page, `${id}-${at}`, item, each)
    }
  } else if (members === undefined) {
    await enter(page.locator(`#${id}`), toControl(value, field))
  } else {
    await about.getByRole('button', { name: /^Add/ }).click()
    await enterRow(page, id, members, value as Row)
  }
}

const enterItem = (page: Page, id: string, item: Field, value: unknown) =>
  item.members === undefined
    ? enterValue(page, id, item, value)
    : enterRow(page, id, item.members, value as Row)
