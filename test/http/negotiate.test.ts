import fc from 'fast-check'
import t from 'tap'
import { essence, preferredMediaType, splitOutsideQuotes } from '../../src/http/negotiate.ts'

const json = 'application/json'
const csv = 'text/csv'
const lines = 'application/x-ndjson'
const available = [json, csv, lines]

t.test('the preferred media type', async t => {
  const table: [section: string, accept: string | undefined, expected: string | undefined][] = [
    ['§12.5.1: absent', undefined, json],
    ['§12.5.1: empty', '', json],
    ['§5.6.1.2: empty elements', ' , ,', json],
    ['§12.5.1: */*', '*/*', json],
    ['§12.5.1: exact', 'text/csv', csv],
    ['§8.3.1: case-insensitive', 'Text/CSV', csv],
    ['§12.5.1: type/*', 'text/*', csv],
    ['§12.5.1: nothing acceptable', 'image/png', undefined],
    ['§12.5.1: nothing acceptable', 'text/plain', undefined],
    ['§12.5.1: equal quality, the order of the server', 'text/csv, application/json', json],
    ['§12.4.2: quality', 'application/json;q=0.5, text/csv', csv],
    ['§12.4.2: quality', 'application/json;q=0.8, text/csv;q=0.9, */*;q=0.1', csv],
    ['§12.4.2: 0.001 is the least', 'application/json;q=0.001, text/csv;q=0', json],
    ['§12.4.2: q=0 is not acceptable', 'application/json;q=0', undefined],
    ['§12.4.2: q=0.000 is not acceptable', 'application/json;q=0.000, */*', csv],
    ['§12.4.2: */*;q=0', '*/*;q=0', undefined],
    [
      '§12.5.1: specific before general',
      'application/*;q=0.1, application/json;q=0.2, text/*;q=0.15',
      json,
    ],
    [
      '§12.5.1: specific before general, in any order',
      '*/*, application/json;q=0.1, text/csv;q=0.2',
      lines,
    ],
    ['§12.5.1: type/* before */*', '*/*;q=0.9, application/*;q=0, text/*;q=0.1', csv],
    ['§12.5.1: q anywhere', 'application/json;q=0.1;version=1, text/csv;q=0.2', csv],
    [
      'of equally specific ranges the best',
      'text/csv;q=0.1, text/csv;q=0.9, application/json;q=0.5',
      csv,
    ],
    ['of equally specific ranges the best', 'a/x+json;q=0.9, a/y+json;q=0.1, text/csv;q=0.5', json],
    ['§12.5.1: Q', 'application/json;Q=0.1, text/csv;q=0.2', csv],
    [
      '§5.6.6: white space and empty parameters',
      'application/json ; q=0.1 ;, text/csv\t;\tq=0.2;',
      csv,
    ],
    ['other parameters are ignored', 'application/json;version=1', json],
    ['§5.6.4: a quality in quotes', 'application/json;q="0.7", text/csv;q=0.6', json],
    [
      '§5.6.6: quoted comma and semicolon',
      'application/json;a="x,text/csv;q=1", text/csv;q=0.5',
      json,
    ],
    ['RFC 8259 §11: charset=utf-8 says nothing', 'application/json; charset=utf-8', json],
    ['§8.3.2: charset=utf-8 in quotes and capitals', 'text/csv; charset="UTF-8"', csv],
    ['RFC 8259 §11: nor does another', 'application/json; charset=utf8', json],
    ['RFC 6839 §3.1: +json', 'application/hal+json', json],
    [
      'RFC 6839 §3.1: +json with parameters',
      'application/vnd.api+json;version=2, text/csv;q=0.9',
      json,
    ],
    ['RFC 6839 §3.1: +json with quality', 'application/hal+json;q=0.2, text/csv;q=0.3', csv],
    [
      '§12.4.2: q=0 of JSON itself goes before +json',
      'application/hal+json, application/json;q=0',
      undefined,
    ],
    ['malformed elements are ignored', 'json, text/csv', csv],
    ['malformed elements are ignored', '*/csv, text/csv;q=0.1', csv],
    ['malformed elements are ignored', 'application/json;q=2, text/csv;q=0.1', csv],
    ['malformed elements are ignored', 'application/json;q=0.1234, text/csv;q=0.1', csv],
    ['malformed elements are ignored', 'application/json;q=, text/csv;q=0.1', csv],
    ['malformed elements are ignored', 'application/json;a, text/csv;q=0.1', csv],
    ['malformed elements are ignored', 'text/csv, application/json;a="', csv],
    ['nothing well formed asks for nothing', 'json', json],
    [
      'what a browser sends',
      'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
      json,
    ],
  ]
  for (const [section, accept, expected] of table) {
    t.equal(preferredMediaType(accept, available), expected, `${section}: ${accept}`)
  }
})

t.test('a dialect of JSON that is available is found by its own name', async t => {
  t.equal(
    preferredMediaType('application/hal+json', [json, 'application/hal+json']),
    'application/hal+json',
  )
  t.equal(
    preferredMediaType('application/hal+json;q=0.9', ['application/hal+json', json]),
    'application/hal+json',
  )
})

t.test('nothing is available', async t => {
  for (const accept of [undefined, '*/*', json]) t.equal(preferredMediaType(accept, []), undefined)
})

t.test('essence (§8.3.1)', async t => {
  t.equal(essence('Application/JSON; charset=utf-8'), json)
  t.equal(essence(' text/csv '), csv)
  t.equal(essence(''), '')
})

t.test('split outside of quotes (§5.6.1, §5.6.4)', async t => {
  t.strictSame(splitOutsideQuotes('a, b ,,c', ','), ['a', 'b', 'c'])
  t.strictSame(splitOutsideQuotes('a="x,\\",y", b', ','), ['a="x,\\",y"', 'b'])
  t.strictSame(splitOutsideQuotes('a;b=";";c', ';'), ['a', 'b=";"', 'c'])
  t.strictSame(splitOutsideQuotes('a="x, b', ','), ['a="x, b'], 'an open string runs to the end')
  t.strictSame(splitOutsideQuotes('a="x\\', ','), ['a="x\\'], 'also after a backslash')
  t.strictSame(splitOutsideQuotes('', ','), [])
})

t.test('whatever the field, the answer is available or undefined', async t => {
  const piece = fc.constantFrom(
    json,
    csv,
    '*/*',
    'text/*',
    'a/b+json',
    ';q=0',
    ';q=0.5',
    ';q=1',
    ',',
    ', ',
    '"',
    '\\',
    ';a=',
    'x',
  )
  const field = fc.oneof(
    fc.array(piece).map(pieces => pieces.join('')),
    fc.string(),
  )
  fc.assert(
    fc.property(field, accept => {
      const found = preferredMediaType(accept, available)
      t.ok(found === undefined || available.includes(found), accept)
    }),
  )
})

t.test('the highest quality wins (§12.4.2)', async t => {
  const qualities = fc.tuple(...available.map(() => fc.integer({ min: 0, max: 1000 })))
  fc.assert(
    fc.property(qualities, fc.boolean(), (numbers, reversed) => {
      const ranges = available.map(
        (mediaType, index) => `${mediaType};q=${((numbers[index] ?? 0) / 1000).toFixed(3)}`,
      )
      const best = Math.max(...numbers)
      const expected = best === 0 ? undefined : available[numbers.indexOf(best)]
      t.equal(
        preferredMediaType((reversed ? ranges.reverse() : ranges).join(', '), available),
        expected,
      )
    }),
  )
})
