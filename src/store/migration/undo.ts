// Takes a numbered file back: by its own words, or, where it only renames, by the same renames the other way round.

import type { MigrationFile } from './migration.ts'

const name = String.raw`("(?:[^"]|"")+"|\w+)`

/** A statement that is taken back by another of its kind, as a pattern and what takes it back. */
const reversible: readonly (readonly [RegExp, (...parts: string[]) => string])[] = [
  [
    pattern(`alter table ${name} rename to ${name}`),
    (from, to) => `alter table ${to} rename to ${from}`,
  ],
  [
    pattern(`alter table ${name} rename (?:column )?${name} to ${name}`),
    (table, from, to) => `alter table ${table} rename column ${to} to ${from}`,
  ],
  [
    pattern(`update "_deleted_rows" set "table" = ('\\w+') where "table" = ('\\w+')`),
    (to, from) => `update "_deleted_rows" set "table" = ${from} where "table" = ${to}`,
  ],
]

function pattern(text: string): RegExp {
  return new RegExp(`^${text.replaceAll(' ', String.raw`\s+`)}$`, 'i')
}

/** The SQL that takes a file back; nothing where that is not known. */
export function undoOf({ text, undo }: MigrationFile): string | undefined {
  if (undo !== undefined) return undo
  const statements = withoutComments(text)
    .split(';')
    .map(statement => statement.trim())
    .filter(statement => statement !== '')
  const reversed = statements.map(reverse).toReversed()
  return reversed.includes(undefined) ? undefined : reversed.map(one => `${one};\n`).join('')
}

function withoutComments(sql: string): string {
  return sql.replaceAll(/--.*$|\/\*[\s\S]*?\*\//gm, '')
}

function reverse(statement: string): string | undefined {
  for (const [form, back] of reversible) {
    const parts = form.exec(statement)
    if (parts !== null) return back(...parts.slice(1))
  }
  return undefined
}

const drop = new RegExp(
  [
    `alter table ${name} drop (?:column )?(?:if exists )?(?!(?:column|constraint) )${name}`,
    `drop table (?:if exists )?${name}`,
  ]
    .join('|')
    .replaceAll(' ', String.raw`\s+`),
  'gi',
)

/** The things that the SQL drops: `things.note`, or the table `notes`. */
export function dropsIn(sql: string): readonly string[] {
  const found = [...withoutComments(sql).matchAll(drop)].map(([, table, column, whole]) =>
    [table ?? whole, column]
      .flatMap(part => (part === undefined ? [] : [unquoted(part)]))
      .join('.'),
  )
  return [...new Set(found)]
}

function unquoted(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name
}
