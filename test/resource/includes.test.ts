// The names by which related rows are included.

import { type TProperties, Type } from '@sinclair/typebox'
import t from 'tap'
import { resourcesToModels } from '../../src/resource/derive.ts'
import { includeNames } from '../../src/resource/include.ts'
import { Computed, Ref, Refs } from '../../src/resource/resource.ts'
import { define } from '../support/definitions.ts'

const text = Type.String({ maxLength: 50 })
const optional = (target: string) => Type.Optional(Ref(target))

/** The names of each resource that has any. */
function namesOf(defined: readonly ReturnType<typeof define>[]): Record<string, readonly string[]> {
  const models = resourcesToModels(defined).filter(({ includes }) => includes.length > 0)
  return Object.fromEntries(models.map(({ name, includes }) => [name, includeNames(includes)]))
}

const people = (fields: TProperties = {}, options = {}) =>
  define('people', { name: text, ...fields }, options)

t.test('names follow from the references', async t => {
  const table: [fields: TProperties, ofBooks: readonly string[], ofPeople: readonly string[]][] = [
    [{ author_id: Ref('people') }, ['author'], ['books']],
    [{ authorId: Ref('people') }, ['author'], ['books']],
    [{ author: Ref('people') }, ['author_row'], ['books']],
    [{ id_id: Ref('people') }, ['id_id_row'], ['books']],
    [{ author_id: Ref('people'), author: text }, ['author_id_row'], ['books']],
    [{ author_id: Ref('people'), Author: text }, ['author_id_row'], ['books']],
    [{ author_ids: Refs('people') }, ['authors'], []],
    [{ authors: Refs('people') }, ['author_rows'], []],
    [
      { author_id: Ref('people'), editor_id: optional('people') },
      ['author', 'editor'],
      ['author_books', 'author_books.editor', 'editor_books', 'editor_books.author'],
    ],
  ]
  for (const [fields, ofBooks, ofPeople] of table) {
    const names = namesOf([people(), define('books', fields)])
    t.strictSame(names.books, ofBooks, Object.keys(fields).join())
    t.strictSame(names.people ?? [], ofPeople, Object.keys(fields).join())
  }
})

t.test('a key of its own has its own ending', async t => {
  const code = Type.String({ minLength: 2, maxLength: 2 })
  const countries = define('countries', { code }, { key: 'code' })
  t.strictSame(namesOf([countries, people({ country_code: Ref<string>('countries') })]), {
    countries: ['people'],
    people: ['country'],
  })
})

t.test('a field that has the name of a resource keeps it, and a name has no hyphen', async t => {
  const lines = define('order-lines', { order_id: Ref('orders') })
  t.strictSame(namesOf([define('orders', {}), lines]).orders, ['order_lines'])
  const taken = { order_lines: Computed(Type.Integer(), () => 1) }
  t.strictSame(namesOf([define('orders', {}, { computed: taken }), lines]).orders, [
    'order_lines_rows',
  ])
})

t.test('a resource can refer to itself', async t => {
  t.strictSame(namesOf([people({ boss_id: optional('people') })]).people, [
    'boss',
    'boss.boss',
    'people',
  ])
})

t.test('what cannot be read is not included', async t => {
  const book = (fields: TProperties, options = {}) => define('books', fields, options)
  const author = { author_id: Ref('people') }
  t.strictSame(namesOf([people({}, { without: ['read'] }), book(author)]), { people: ['books'] })
  t.strictSame(namesOf([people(), book(author, { without: ['list'] })]), { books: ['author'] })
  const secret = { author_id: { ...Ref('people'), writeOnly: true } as TProperties[string] }
  t.strictSame(namesOf([people(), book(secret)]), {})
  const nested = book(author, { parent: 'author_id', nestedOnly: true })
  const loans = define('loans', { book_id: Ref('books') })
  t.strictSame(namesOf([people(), nested, loans]), {
    books: ['author', 'loans'],
    people: ['books'],
  })
})

t.test('two names that are taken are a mistake', async t => {
  const fields = { author_id: Ref('people'), author: text, author_id_row: text }
  t.throws(() => namesOf([people(), define('books', fields)]), {
    message: /author and author_id_row are taken, so what author_id refers to has no name/,
  })
})
