// The answers of people about a change that no definition tells: by options, or asked on a terminal.

import { createInterface } from 'node:readline/promises'
import type { Field, Json } from '../resource/field.ts'
import type { Definition } from '../store/migration/definition.ts'
import { listsOf, withLists } from '../store/migration/file/lists.ts'
import type { Answers } from '../store/migration/file/moves.ts'
import {
  type Candidate,
  type Need,
  needs,
  renamedFields,
  renamedLists,
  renamedTables,
} from '../store/migration/file/questions.ts'
import { rename } from '../store/migration/file/renames.ts'
import type { Table } from '../store/table.ts'
import { fieldMistakes } from '../validation/validator.ts'
import { UsageError } from './command.ts'

/** The options: `rename` as `things.name=title` or `cats=pets`, `fill` as `things.state=open`. */
export type Said = Readonly<Record<string, unknown>>

/** From the definition that is remembered to the tables that are wanted. */
interface Change {
  readonly before: Definition
  readonly tables: readonly Table[]
}

/** Asks; gives the answer, without blanks around it. */
export type Ask = (question: string) => Promise<string>

/** The answers after all questions. Throws a `UsageError` where one does not fit the definitions. */
export async function settle(change: Change, said: Said, ask: Ask | undefined): Promise<Answers> {
  const { before, tables } = change
  const renames = readRenames(before, tables, pairsOf('rename', said.rename))
  const fills = readFills(tables, said.fill)
  const known = { renames, fills }
  const answers = ask === undefined ? unasked(change, known) : await asked(change, known, ask)
  return { ...answers, renames: withLists(before, tables, answers.renames) }
}

/** Runs the task with a way to ask; without a terminal there is none. */
export async function withTerminal<T>(task: (ask: Ask | undefined) => Promise<T>): Promise<T> {
  if (process.stdin.isTTY !== true) return task(undefined)
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return await task(async question => (await terminal.question(question)).trim())
  } finally {
    terminal.close()
  }
}

function pairsOf(option: string, given: unknown): readonly (readonly [string, string])[] {
  const texts = Array.isArray(given) ? given.map(String) : []
  return texts.map(text => {
    const [name = '', value] = split(text)
    if (value === undefined)
      throw new UsageError(`--${option} needs a name and a value, as in ${examples[option]}.`)
    return [name, value] as const
  })
}

const examples: Readonly<Record<string, string>> = {
  rename: '--rename things.name=title or --rename cats=pets',
  fill: '--fill things.state=open',
}

function split(text: string): readonly [string, string?] {
  const at = text.indexOf('=')
  return at < 1 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}

function readRenames(
  { resources }: Definition,
  tables: readonly Table[],
  pairs: readonly (readonly [string, string])[],
): ReadonlyMap<string, string> {
  const ofTables = new Map(pairs.filter(([from]) => !from.includes('.')))
  const renames = new Map(ofTables)
  for (const [from, to] of pairs.filter(([from]) => from.includes('.'))) {
    const [table = '', column = ''] = from.split('.')
    renames.set(`${ofTables.get(table) ?? table}.${column}`, to.replace(/^.*\./, ''))
  }
  const known = rename({ resources }, ofTables).resources
  for (const [from, to] of renames) {
    const [first = '', column] = from.split('.')
    const isThere = column
      ? known.find(({ name }) => name === first)?.fields.some(({ name }) => name === column) ||
        listsOf({ resources }, ofTables).some(
          ({ owner, field }) => owner === first && field === column,
        )
      : resources.some(({ name }) => name === first)
    if (!isThere)
      throw new UsageError(`--rename ${from}=${to}: ${from} is not in the database's definition.`)
    const isWanted = column
      ? tables.find(({ name }) => name === first)?.model.fields.some(({ name }) => name === to)
      : tables.some(({ name }) => name === to)
    if (!isWanted) throw new UsageError(`--rename ${from}=${to}: ${to} is not defined.`)
  }
  return renames
}

/** By field, as `things.state`. Throws a `UsageError` where a value does not fit. */
export function readFills(tables: readonly Table[], said: unknown): ReadonlyMap<string, Json> {
  return new Map(
    pairsOf('fill', said).map(([at, text]) => {
      const [name, column] = at.split('.')
      const field = tables
        .find(table => table.name === name)
        ?.model.fields.find(({ name }) => name === column)
      if (field === undefined) throw new UsageError(`--fill ${at}=${text}: ${at} is not defined.`)
      const { value, mistake } = readValue(field, text)
      if (mistake !== undefined) throw new UsageError(`--fill ${at}=${text}: ${mistake}`)
      return [at, value] as const
    }),
  )
}

/** A text in JSON is given as it is, anything else as JSON. */
function readValue(
  field: Field,
  text: string,
): { readonly value: Json; readonly mistake: string | undefined } {
  const value = field.schema.type === 'string' ? text : parse(text)
  return { value, mistake: fieldMistakes()(field)(value) }
}

function parse(text: string): Json {
  try {
    return JSON.parse(text)
  } catch {
    return text // The field says what it should be.
  }
}

function unasked({ before, tables }: Change, answers: Answers): Answers {
  const { renames, fills } = answers
  const isOpen = (candidate: Candidate) => isUnsaid(candidate, renames)
  const candidates = [
    ...renamedTables(before, tables),
    ...renamedFields(before, tables, renames),
    ...renamedLists(before, tables, renames),
  ].filter(isOpen)
  const maybe = candidates.map(
    ({ from, to }) =>
      `${from} is gone and ${to} is new: if it was renamed, add --rename ${from}=${to}`,
  )
  const missing = needs(before, tables, renames)
    .filter(({ at, optional }) => !optional && !fills.has(at))
    .map(
      ({ at }) => `${at} is new and required: say the value that rows get, by --fill ${at}=VALUE`,
    )
  if (missing.length > 0) throw new UsageError([...maybe, ...missing].join('\n'))
  for (const line of maybe) console.error(line)
  return answers
}

function isUnsaid({ from, to }: Candidate, renames: Answers['renames']): boolean {
  const table = from.split('.')[0]
  const isTarget = [...renames].some(
    ([said, name]) =>
      name === to && said.includes('.') === from.includes('.') && said.split('.')[0] === table,
  )
  return !renames.has(from) && !isTarget
}

async function asked({ before, tables }: Change, said: Answers, ask: Ask): Promise<Answers> {
  const renames = new Map(said.renames)
  const fills = new Map(said.fills)
  const askEach = async (candidates: readonly Candidate[]) => {
    for (const candidate of candidates)
      if (isUnsaid(candidate, renames) && (await isRenamed(candidate, ask)))
        renames.set(candidate.from, candidate.to)
  }
  await askEach(renamedTables(before, tables))
  await askEach(renamedFields(before, tables, renames))
  await askEach(renamedLists(before, tables, renames))
  for (const need of needs(before, tables, renames))
    if (!fills.has(need.at)) {
      const value = await askValue(need, ask)
      if (value !== undefined) fills.set(need.at, value)
    }
  return { renames, fills }
}

async function isRenamed({ from, to }: Candidate, ask: Ask): Promise<boolean> {
  const table = from.includes('.') ? `${from.split('.')[0]}.` : ''
  return /^y(?:es)?$/i.test(await ask(`Was ${table}${to} renamed from ${from}? [y/N] `))
}

/** Asks until there is a value that fits, or none where none is needed. */
async function askValue({ at, field, optional }: Need, ask: Ask): Promise<Json | undefined> {
  const what = optional
    ? `${at} is required now. The value of rows that have none (leave empty if there are none): `
    : `${at} is new and required. The value that rows get: `
  for (;;) {
    const text = await ask(what)
    if (text === '' && optional) return undefined
    const { value, mistake } = readValue(field, text)
    if (mistake === undefined) return value
    console.error(mistake)
  }
}
