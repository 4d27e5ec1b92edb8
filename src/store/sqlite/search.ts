// The words of a table in FTS5 (sqlite.org/fts5.html). Triggers keep them true whoever writes. A row is known by its rowid,
// which is its key where that is a number; VACUUM keeps those of a table with an index, as one with another key has.

import { hasStems, searchIndexName } from '../search-index.ts'
import type { FoundSearch, Searched, SearchedColumn, SearchSql, SearchTest } from '../search-sql.ts'
import { quote } from '../store.ts'

/** Letters and decimal digits are words, as they are for PostgreSQL; Latin letters count without their accents. */
const words = `unicode61 remove_diacritics 2 categories 'L* Nd'`

/** With `porter`, English words are reduced to their stems. */
const optionsOf = (stems: boolean) =>
  `content='', contentless_delete=1, tokenize="${stems ? 'porter ' : ''}${words}"`

/** Columns have names of their own, because FTS5 keeps some for itself. */
const columnAt = (index: number) => `t${index}`

export const sqliteSearch: SearchSql = {
  index: searched => {
    const { table, columns } = searched
    const row = (of: string) => columns.map(column => textOf(column, of)).join(', ')
    const name = indexName(searched)
    return { name, statements: statementsOf({ table, name, count: columns.length, row }) }
  },
  test: (searched, test, bind) => {
    const rowid = `${quote(searched.table)}._rowid_`
    const found = (more: Pick<Writing, 'before' | 'after'>) =>
      foundRows(searched, test, { bind, ...more })
    // A set of all rows that are found is made once, or each row is looked up by itself.
    if (test.share === 'many') return `exists (${found({ after: ` and "rowid" = ${rowid}` })})`
    return `${rowid} in (${found(test.share === 'few' ? {} : { before: 'in_time() and ' })})`
  },
  found: (searched, test, bind) => foundRows(searched, test, { bind }),
  inTriggers: foundSearches,
}

interface Writing {
  readonly bind: (value: string) => string
  /** Other conditions, before and after this one. */
  readonly before?: string
  readonly after?: string
}

function foundRows(
  searched: Searched,
  test: SearchTest,
  { bind, before = '', after = '' }: Writing,
): string {
  const name = quote(indexName(searched))
  const match = `${name} match ${bind(toMatch(searched, test))}`
  return `select "rowid" from ${name} where ${before}${match}${after}`
}

/** Without words it matches nothing. */
function toMatch({ columns }: Searched, { among, words }: SearchTest): string {
  if (words.length === 0) return '""'
  const all = words.map(({ text, isPrefix }) => `"${text}"${isPrefix ? '*' : ''}`).join(' AND ')
  if (among.length === columns.length) return all
  return `{${among.map(({ name }) => columnAt(columns.findIndex(other => other.name === name))).join(' ')}} : (${all})`
}

function indexName(searched: Searched): string {
  const { table, columns } = searched
  const options = optionsOf(searched.stems !== undefined)
  return searchIndexName(searched, JSON.stringify([table, columns, options]))
}

function textOf({ name, length }: SearchedColumn, of: string): string {
  const value = `${of}${quote(name)}`
  return length === undefined ? value : `substr(${value}, 1, ${length})`
}

interface Parts {
  readonly table: string
  readonly name: string
  readonly count: number
  /** The values of a row, each of them behind `of`. */
  readonly row: (of: string) => string
}

function statementsOf({ table, name, count, row }: Parts): readonly string[] {
  const [index, of] = [quote(name), quote(table)]
  const columns = Array.from({ length: count }, (_, at) => columnAt(at)).join(', ')
  const into = `insert into ${index} ("rowid", ${columns})`
  const remove = `delete from ${index} where "rowid" = old._rowid_`
  const add = `${into} values (new._rowid_, ${row('new.')})`
  const isOther = `(old._rowid_, ${row('old.')}) is not (new._rowid_, ${row('new.')})`
  const trigger = (event: string) =>
    `create trigger ${quote(`${name}_${event}`)} after ${event} on ${of}`
  return [
    `drop table if exists ${index}`,
    `create virtual table ${index} using fts5(${columns}, ${optionsOf(hasStems(name))})`,
    `${trigger('insert')} begin ${add}; end`,
    `${trigger('update')} when ${isOther} begin ${remove}; ${add}; end`,
    `${trigger('delete')} begin ${remove}; end`,
    `${into} select _rowid_, ${row('')} from ${of}`,
  ]
}

const triggerName = /^create trigger "((?:[^"]|"")+_[0-9a-f]{8}_idx)_(insert|update|delete)" /i

/** They follow a column or a table that is renamed. */
function foundSearches(table: string, triggers: readonly string[]): readonly FoundSearch[] {
  return triggers.flatMap(sql => {
    const [, name, event] = triggerName.exec(sql) ?? []
    const values = /values \(new\._rowid_, (.*)\); end$/s.exec(sql)?.[1]
    if (name === undefined || values === undefined || event !== 'insert') return []
    const columns = [...values.matchAll(/new\."((?:[^"]|"")*)"/g)].map(([, column = '']) =>
      column.replaceAll('""', '"'),
    )
    const row = (of: string) => values.replaceAll(/new\.(?=")/g, of)
    return [
      {
        name,
        columns,
        statements: statementsOf({ table, name, count: columns.length, row }),
        drop: dropSearch(name),
        triggers: triggers.filter(other => triggerName.exec(other)?.[1] === name),
      },
    ]
  })
}

/** Its triggers go with it where their table stays. */
function dropSearch(name: string): readonly string[] {
  return [
    ...['insert', 'update', 'delete'].map(
      event => `drop trigger if exists ${quote(`${name}_${event}`)}`,
    ),
    `drop table ${quote(name)}`,
  ]
}
