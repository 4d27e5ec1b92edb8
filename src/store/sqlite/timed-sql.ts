// SQL of a definition's own, so that it ends when it takes too long: it asks `in_time()` for each row that it looks at.

import { quote } from '../store.ts'

/** Comments and spaces, then the word that begins a query. What begins otherwise looks at no rows, or is refused. */
const beginning = /^(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)*(?:select\b|with\s+(?:recursive\b)?)/i

/**
 * The text, in which the name of a table stands for its rows while there is time. SQLite takes the rows by the same plan as
 * before. But the table has no `rowid` there, only its columns.
 */
export function timedSql(text: string, tables: readonly string[]): string {
  const [begin] = beginning.exec(text) ?? []
  const named = tables.filter(name => names(text, name) && !defines(text, name))
  if (begin === undefined || named.length === 0) return text
  const all = named.map(toExpression).join(', ')
  if (/select$/i.test(begin)) return `with ${all} ${text}`
  return `${begin} ${all}, ${text.slice(begin.length)}`
}

function toExpression(name: string): string {
  const table = quote(name)
  return `${table} as not materialized (select * from main.${table} where in_time())`
}

function names(text: string, name: string): boolean {
  return new RegExp(`\\b${name}\\b`, 'i').test(text)
}

/** Whether the text has a common table expression of that name. */
function defines(text: string, name: string): boolean {
  const columns = '(?:\\([^)]*\\)\\s*)?'
  const end = `["\`\\]]?\\s*${columns}as\\s+(?:(?:not\\s+)?materialized\\s*)?\\(`
  return new RegExp(`\\b${name}${end}`, 'i').test(text)
}
