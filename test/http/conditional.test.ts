import fc from 'fast-check'
import t from 'tap'
import {
  etag,
  ifMatchHolds,
  ifMatchParameter,
  ifNoneMatchHolds,
  ifNoneMatchParameter,
  parseEntityTags,
} from '../../src/http/conditional.ts'
import { Problem } from '../../src/http/problem.ts'

t.test('entity tags are parsed', async t => {
  const table: [section: string, field: string, expected: unknown][] = [
    ['§8.8.3', '"xyzzy"', ['xyzzy']],
    ['§8.8.3', 'W/"xyzzy"', ['xyzzy']],
    ['§8.8.3', '""', ['']],
    ['§8.8.3: a comma and a backslash are part of a tag', '"a,b\\", "c"', ['a,b\\', 'c']],
    ['§8.8.3: obs-text', '"caf\xe9"', ['caf\xe9']],
    ['§13.1.1', '"xyzzy", "r2d2xxxx", "c3piozzzz"', ['xyzzy', 'r2d2xxxx', 'c3piozzzz']],
    ['§13.1.1', '*', '*'],
    ['§5.5: white space around the value', ' * ', '*'],
    ['§5.6.1.2: empty elements', ' ,"a",, \t"b" ,', ['a', 'b']],
    ['§5.6.1.2: only empty elements', '', []],
  ]
  for (const [section, field, expected] of table)
    t.strictSame(parseEntityTags(field, 'If-Match'), expected, `${section}: ${field}`)
})

t.test('malformed fields are refused with their name', async t => {
  const table = [
    'xyzzy',
    '"a',
    'a"',
    '"a" "b"',
    'w/"a"',
    'W/a',
    'W/ "a"',
    '*, "a"',
    '"a", *',
    '"a b"',
    '"a\u0000"',
    '"€"',
    "'a'",
  ]
  for (const field of table) {
    for (const name of ['If-Match', 'If-None-Match'] as const) {
      try {
        parseEntityTags(field, name)
        t.fail(field)
      } catch (error) {
        t.ok(error instanceof Problem)
        t.match(
          error,
          {
            kind: 'invalidParameter',
            errors: [{ parameter: name, in: 'header', detail: /entity tags/ }],
          },
          field,
        )
      }
    }
  }
})

t.test('preconditions are decided', async t => {
  const table: [
    section: string,
    field: string | undefined,
    current: string | undefined,
    match: boolean,
    noneMatch: boolean,
  ][] = [
    ['§13.2.2: no field, no condition', undefined, '"1"', true, true],
    ['§13.2.2: no field, no condition', undefined, undefined, true, true],
    ['§13.1.1, §13.1.2: * and something', '*', '"1"', true, false],
    ['§13.1.1, §13.1.2: * and nothing', '*', undefined, false, true],
    ['§13.1.1, §13.1.2: listed', '"0", "1"', '"1"', true, false],
    ['§13.1.1, §13.1.2: not listed', '"0", "2"', '"1"', false, true],
    ['§13.1.1, §13.1.2: nothing there', '"1"', undefined, false, true],
    ['§13.1.1, §13.1.2: an empty list', '', '"1"', false, true],
    ['a proxy that compresses makes it weak (nginx)', 'W/"1"', '"1"', true, false],
    ['another weak one', 'W/"2"', '"1"', false, true],
    ['a suffix of Apache', '"1-gzip"', '"1"', true, false],
    ['a suffix of Apache for brotli', '"1-br"', '"1"', true, false],
    ['a suffix of Jetty, weak', 'W/"1--gzip"', '"1"', true, false],
    ['a suffix behind a semicolon', '"1;gzip"', '"1"', true, false],
    ['a suffix behind a variant', '"1.Xk3_9-aQ-gzip"', '"1.Xk3_9-aQ"', true, false],
    ['a variant that ends like a suffix', '"1.Xk3_9-br"', '"1.Xk3_9-br"', true, false],
    ['a variant is not its state', '"1-gzip"', '"1.Xk3_9-aQ"', false, true],
    ['a suffix of nobody', '"1-7zip"', '"1"', false, true],
    ['a suffix alone', '"-gzip"', '"1"', false, true],
    ['§8.8.3.2: "1" and "1"', '"1"', '"1"', true, false],
    ['§8.8.3.2: case counts', '"a"', '"A"', false, true],
    ['§8.8.3.3: a variant is another', '"1"', '"1.csv"', false, true],
    ['the same state by a later definition', '"1"', '"1@2"', true, true],
    ['the same state by an earlier definition', '"1@3"', '"1@2"', true, true],
    ['the same state by the same definition', '"1@2"', '"1@2"', true, false],
    ['a variant by another definition', '"1@2.csv"', '"1.csv"', true, true],
    ['a variant by another definition is no whole row', '"1@2.csv"', '"1"', false, true],
    ['a suffix behind a definition', 'W/"1@2-gzip"', '"1@2"', true, false],
    ['another state by another definition', '"2"', '"1@2"', false, true],
  ]
  for (const [section, field, current, match, noneMatch] of table) {
    const tags = field === undefined ? undefined : parseEntityTags(field, 'If-Match')
    t.equal(ifMatchHolds(tags, current), match, `If-Match, ${section}`)
    t.equal(ifNoneMatchHolds(tags, current), noneMatch, `If-None-Match, ${section}`)
  }
})

t.test('any list of tags comes back from its text', async t => {
  const opaque = fc.stringMatching(/^[\x21\x23-\x7e\x80-\xff]*$/)
  fc.assert(
    fc.property(fc.array(opaque), fc.infiniteStream(fc.boolean()), (list, weak) => {
      const field = list.map(tag => `${weak.next().value ? 'W/' : ''}"${tag}"`).join(', ')
      t.strictSame(parseEntityTags(field, 'If-Match'), list)
    }),
  )
})

t.test('a tag says by which definition a state is shown, with what, and how', async t => {
  const table: [shown: Parameters<typeof etag>[1], tag: string][] = [
    [undefined, '"7"'],
    [{ definition: 1 }, '"7"'],
    [{ definition: 2 }, '"7@2"'],
    [{ borrowed: '5e884898' }, '"7~5e884898"'],
    [{ variant: 'csv' }, '"7.csv"'],
    [{ definition: 2, borrowed: '5e884898', variant: 'csv' }, '"7@2~5e884898.csv"'],
  ]
  for (const [shown, tag] of table) t.equal(etag(7, shown), tag)
})

t.test('If-Match finds every tag that etag makes', async t => {
  const revision = fc.stringMatching(/^[A-Za-z0-9-]+$/)
  const number = fc.integer({ min: 1, max: 3 })
  fc.assert(
    fc.property(revision, revision, number, number, (one, other, by, byOther) => {
      const tags = parseEntityTags(etag(one, { definition: by }), 'If-Match')
      const current = etag(other, { definition: byOther })
      t.equal(ifMatchHolds(tags, current), one === other)
      t.equal(ifNoneMatchHolds(tags, current), one !== other || by !== byOther)
    }),
  )
})

t.test('parameters', async t => {
  t.match(ifMatchParameter, { name: 'If-Match', in: 'header' })
  t.match(ifNoneMatchParameter, { name: 'If-None-Match', in: 'header' })
  for (const parameter of [ifMatchParameter, ifNoneMatchParameter]) {
    t.strictSame(parameter.schema, { type: 'string' }, 'no pattern')
    t.notOk('example' in parameter, 'Swagger UI would send it')
  }
})
