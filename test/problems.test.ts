// The table of problems, the document and docs/problems.md name the same problems.

import { readFileSync } from 'node:fs'
import t from 'tap'
import { Problem, type ProblemKind, problems } from '../src/http/problem.ts'
import { itemsOf } from '../src/testing/items.ts'
import { fixtureDocument } from './support/fixture-models.ts'

const kinds = Object.keys(problems) as ProblemKind[]

/** What has no operation: a method that an address does not have, and the pages of `/docs`. */
const outsideOperations = [405, 416]
/** What an operation says only if its resource asks for it (`requireIfMatch`); none of the fixture does. */
const byDefinition = [428]

interface Operation {
  readonly responses: Record<string, unknown>
}

interface Document {
  readonly paths: Record<string, Record<string, Operation>>
  readonly components: {
    readonly responses: {
      readonly OtherProblem: { readonly content: Record<string, { examples: Examples }> }
    }
    readonly schemas: { readonly Problem: { properties: { type: { examples: string[] } } } }
  }
}

type Examples = Record<string, { readonly value: { readonly status: number } }>

const document = await fixtureDocument<Document>()

t.test('docs/problems.md explains every type under a heading of its own', async t => {
  const page = readFileSync('docs/problems.md', 'utf8')
  const types = kinds.map(kind => new Problem(kind).type).filter(type => type !== 'about:blank')
  const names = types.map(type => type.split(/[/#]/).at(-1))
  t.strictSame(
    [...page.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading),
    names,
  )
  for (const type of types) t.match(page, `\n\`${type}\`: `)
})

t.test('the document names every type and no other', async t => {
  const types = new Set(kinds.map(kind => new Problem(kind).type))
  t.strictSame(new Set(document.components.schemas.Problem.properties.type.examples), types)
})

t.test('the document has every status that an operation may refuse with and no other', async t => {
  const operations = Object.values(itemsOf<Operation>(document)).flatMap(item =>
    Object.values(item),
  )
  const documented = operations
    .flatMap(({ responses }) => Object.keys(responses).map(Number))
    .filter(code => code >= 400)
  const [{ examples } = { examples: {} }] = Object.values(
    document.components.responses.OtherProblem.content,
  )
  const others = Object.values(examples).map(({ value }) => value.status)
  t.strictSame(
    documented.filter(status => others.includes(status)),
    [],
    'what any request may meet stands under default alone',
  )
  const all = [...documented, ...others, ...outsideOperations, ...byDefinition]
  t.strictSame(new Set(all), new Set(kinds.map(kind => problems[kind].status)))
})
