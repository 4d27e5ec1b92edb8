// `npm run reference`: what the pages in `docs/` say of the code, written from the code between two marks of the page.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fastify from 'fastify'
import { commands } from '../src/commands/commands.ts'
import { helpOf } from '../src/commands/help.ts'
import { settingsTable } from '../src/config.ts'
import { Problem, type ProblemKind, problems } from '../src/http/problem.ts'
import { type FilterOperator, filterParameters, suffixOf } from '../src/query/filter.ts'
import { resourcesToModels } from '../src/resource/derive.ts'
import { Decimal, Enum, Json, Line, Password, Refs, resource, Type } from '../src/restwell.ts'
import { openStore } from '../src/store/open.ts'
import { Metrics } from '../src/telemetry/metrics.ts'

const folder = join(import.meta.dirname, '../docs')

/** The pages that have a part from the code, and how that part is made. */
export const pages: Readonly<Record<string, () => string | Promise<string>>> = {
  'commands.md': commandsPart,
  'filters.md': filtersPart,
  'metrics.md': metricsPart,
  'problems.md': problemsPart,
  'settings.md': settingsPart,
}

/** The text of a page with its part made anew. */
export async function writtenPage(name: string): Promise<string> {
  const marks = /(?<=<!-- from the code -->\n).*(?=\n<!-- \/from the code -->)/s
  const page = readPage(name)
  if (!marks.test(page)) throw new Error(`docs/${name} has no place for what the code says.`)
  const part = await pages[name]?.()
  return page.replace(marks, () => String(part))
}

export function readPage(name: string): string {
  return readFileSync(join(folder, name), 'utf8')
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows]
  return lines
    .map(cells => (cells[0] === '---' ? `|${cells.join('|')}|` : `| ${cells.join(' | ')} |`))
    .join('\n')
}

/** The help of each command. */
function commandsPart(): string {
  const named = Object.entries(commands)
  return named
    .map(([name, command]) => `## ${name}\n\n\`\`\`text\n${helpOf(command)}\n\`\`\``)
    .join('\n\n')
}

function settingsPart(): string {
  return table(
    ['setting', 'default', 'meaning'],
    settingsTable.map(({ name, value, description }) => [`\`${name}\``, value, description]),
  )
}

function problemsPart(): string {
  const kinds = Object.keys(problems) as ProblemKind[]
  const rows = kinds.map(kind => {
    const { status, title, type, message } = new Problem(kind)
    return [status, title, `\`${type}\``, message]
  })
  return table(['status', 'title', '`type`', '`detail`'], rows)
}

const shown = {
  'Type.String()': Type.Optional(Type.String()),
  "Type.String({ format: 'date' })": Type.Optional(Type.String({ format: 'date' })),
  "Type.String({ format: 'date-time' })": Type.Optional(Type.String({ format: 'date-time' })),
  "Type.String({ format: 'uuid' })": Type.Optional(Type.String({ format: 'uuid' })),
  "Enum(['open', 'done'])": Type.Optional(Enum(['open', 'done'])),
  'Type.Integer()': Type.Optional(Type.Integer()),
  'Type.Number()': Type.Optional(Type.Number()),
  'Decimal(10, 2)': Type.Optional(Decimal(10, 2)),
  'Type.Boolean()': Type.Optional(Type.Boolean()),
  "Refs('labels')": Refs('shown'),
  'Password()': Type.Optional(Password()),
  'Type.Array(Line())': Type.Optional(Type.Array(Line())),
  'Type.Array(…), Type.Object({…}), Json()': Type.Optional(Type.Array(Json())),
}

function filtersPart(): string {
  const fields = Object.values(shown).map((field, index) => [`f${index}`, field] as const)
  const all = resource('shown', Type.Object(Object.fromEntries(fields)), { description: 'Fields' })
  const models = resourcesToModels([{ file: 'shown.ts', resource: all }])
  const parameters = models.flatMap(filterParameters)
  const rows = Object.keys(shown).map((field, index) => {
    const own = parameters.filter(parameter => parameter.field.name === `f${index}`)
    return [`\`${field}\``, own.map(({ operator }) => operatorName(operator)).join(', ')]
  })
  return table(['field', 'filters'], rows)
}

function operatorName(operator: FilterOperator): string {
  if (operator === 'includes') return 'what is in it'
  return operator === 'eq' ? 'equal' : `\`${suffixOf(operator)}\``
}

/** The metrics of the service; those of the process and of Node.js are not listed. */
async function metricsPart(): Promise<string> {
  const metrics = new Metrics()
  const store = openStore('sqlite::memory:', { exclusive: false })
  metrics.observe(fastify(), store, [])
  const text = await metrics.text()
  await store.close()
  const rows = [...text.matchAll(/^# HELP ((?:restwell|http)_\w+) (.*)\n# TYPE \S+ (\w+)$/gm)]
  return table(
    ['metric', 'kind', 'what it says'],
    rows.map(([, name, help, kind]) => [`\`${name}\``, String(kind), String(help)]),
  )
}

if (import.meta.main)
  for (const name of Object.keys(pages)) writeFileSync(join(folder, name), await writtenPage(name))
