// The document as YAML reads the same for tools that know YAML 1.1 only (PyYAML, SnakeYAML) and for those that know 1.2.

import fc from 'fast-check'
import t from 'tap'
import { parse, parseDocument, visit } from 'yaml'
import { documentToYaml, documentToYamlInSlices } from '../../src/docs/yaml.ts'
import { fixtureDocumentText } from '../support/fixture-models.ts'

/** What PyYAML takes a bare word for, other than text: its table of implicit resolvers (yaml/resolver.py). */
const resolvers = [
  /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/,
  /^(?:[-+]?(?:[0-9][0-9_]*)\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/,
  /^(?:[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$/,
  /^<<$/,
  /^(?:~|null|Null|NULL|)$/,
  /^(?:\d{4}-\d{2}-\d{2}|\d{4}-\d{1,2}-\d{1,2}(?:[Tt]|[ \t]+)\d{1,2}:\d{2}:\d{2}(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d{1,2}(?::\d{2})?))?)$/,
  /^=$/,
]

const words = [
  'NO yes off On y N true FALSE null ~ Null = << E0 e+5 12:30:45 1:20 190:20:30.15 99:59 2024-09-17 2024-9-7T1:00:00',
  '2026-11-11T17:00:00Z 2026-11-11T17:00:00.000Z 0 017 0o17 0x1F 0b11 1_000 1. .5 +1 6.8e+5 1e3 .inf -.INF .nan 0.',
  '- ? !x &a *a @a `b %x | > # { [ \' "',
].flatMap(line => line.split(' '))
words.push('', '2001-12-14 21:59:43.10 -5', '- a', 'a: b', 'a #b', 'two\nlines', 'NO\n')

const documentOf = (texts: readonly string[]) => ({
  enum: texts,
  values: texts.map(text => ({ default: text })),
  members: Object.fromEntries(texts.map(text => [text, 'text'])),
})

/** The texts that stand bare, though a reader of YAML 1.1 takes them for something else. */
function misread(yaml: string): string[] {
  const found: string[] = []
  visit(parseDocument(yaml), {
    Scalar: (_, { type, value }) => {
      if (type !== 'PLAIN' || typeof value !== 'string') return
      if (resolvers.some(pattern => pattern.test(value))) found.push(value)
    },
  })
  return found
}

t.test(
  'a text that YAML 1.1 would take for a number, a date or a truth value is quoted',
  async t => {
    const document = documentOf(words)
    const yaml = documentToYaml(document)
    t.strictSame(parse(yaml, { version: '1.1', merge: false }), document, 'the same in YAML 1.1')
    t.strictSame(parse(yaml, { version: '1.2' }), document, 'and in YAML 1.2')
    t.strictSame(misread(yaml), [])
    t.strictSame(
      misread('a: NO\n=: [12:30:45, word]'),
      ['NO', '=', '12:30:45'],
      'and what stands bare would be found',
    )
  },
)

t.test('any text comes back as it was', async t => {
  const unit = fc.constantFrom(...'0123456789:.-_+=<>eExXoObBnNyYtTfFaulsrZ~ '.split(''))
  const text = fc.oneof(fc.string({ unit, maxLength: 12 }), fc.string(), fc.constantFrom(...words))
  const texts = fc.array(
    text.filter(text => text !== '__proto__'),
    { maxLength: 20 },
  )
  const survives = (texts: readonly string[]) => {
    const document = documentOf(texts)
    const yaml = documentToYaml(document)
    const read = (['1.1', '1.2'] as const).map(version =>
      JSON.stringify(parse(yaml, { version, merge: false })),
    )
    return read.every(json => json === JSON.stringify(document)) && misread(yaml).length === 0
  }
  fc.assert(fc.property(texts, survives))
  t.pass('for a hundred documents')
})

t.test('the text made in slices is the text made at once, and both mean the document', async t => {
  const text = await fixtureDocumentText()
  const document = parse(text)
  t.equal(documentToYaml(document), text)
  t.equal(await documentToYamlInSlices(document), text)
  const odd = {
    openapi: '3.1.0',
    paths: {},
    components: { schemas: {}, headers: { NO: { a: [] } } },
    tags: [],
  }
  t.strictSame(parse(documentToYaml(odd)), odd)
})

t.test('others are served while a large document is written', async t => {
  const schema = {
    type: 'object',
    properties: Object.fromEntries(words.map((word, at) => [`m${at}`, { default: word }])),
  }
  const schemas = Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`S${at}`, schema]))
  let turns = 0
  const immediate = () => {
    turns++
    timer = setImmediate(immediate)
  }
  let timer = setImmediate(immediate)
  t.teardown(() => clearImmediate(timer))
  await documentToYamlInSlices({ paths: {}, components: { schemas } })
  t.ok(turns > 5, `${turns} turns of the event loop`)
})
