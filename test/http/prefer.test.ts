import fc from 'fast-check'
import t from 'tap'
import {
  appliedPreferences,
  checkStrict,
  noPreferences,
  type Preference,
  type Preferences,
  parsePrefer,
  preferParameter,
} from '../../src/http/prefer.ts'

const all = ['return', 'handling', 'count', 'csv'] as const

t.test('preferences are parsed', async t => {
  const table: [
    section: string,
    field: string,
    expected: Omit<Preferences, 'unknown'>,
    unknown?: string[],
  ][] = [
    ['§2: empty', '', {}],
    ['§4.2', 'return=minimal', { return: 'minimal' }],
    ['§4.2', 'return=representation', { return: 'representation' }],
    ['§4.4', 'handling=strict', { handling: 'strict' }],
    ['§4.4', 'handling=lenient', { handling: 'lenient' }],
    ['PostgREST', 'count=exact', { count: 'exact' }],
    ['PostgREST', 'count=estimated', { count: 'estimated' }],
    ['our own', 'csv=spreadsheet', { csv: 'spreadsheet' }],
    [
      '§2: a list',
      'return=minimal, handling=strict,count=exact',
      { return: 'minimal', handling: 'strict', count: 'exact' },
    ],
    ['§2: names in any case', 'Return=minimal', { return: 'minimal' }],
    ['§2: quoted', 'return="minimal"', { return: 'minimal' }],
    ['RFC 9110 §5.6.4: escaped', 'return="min\\imal"', { return: 'minimal' }],
    ['§2: bad white space', 'return = minimal', { return: 'minimal' }],
    [
      '§2: parameters',
      'return=minimal; foo="a,b"; bar, count=exact;',
      { return: 'minimal', count: 'exact' },
    ],
    ['§2: the first counts', 'return=minimal, return=representation', { return: 'minimal' }],
    ['§2: the first counts, known or not', 'return=x, Return=minimal', {}, ['return=x']],
    ['§2: the first counts, known or not', 'wait=1, wait=2', {}, ['wait=1']],
    ['§2: an empty value is none', 'return=""', {}, ['return=""']],
    ['§2: no value', 'return', {}, ['return']],
    ['§4.1: no value', 'respond-async', { 'respond-async': '' }],
    ['§4.1: a value', 'respond-async=1', {}, ['respond-async=1']],
    ['§4.3: not known here', 'wait=10', {}, ['wait=10']],
    ['unknown value', 'return=maximal, count=planned', {}, ['return=maximal', 'count=planned']],
    ['values keep their case', 'return=Minimal', {}, ['return=Minimal']],
    ['malformed', 'a b, =x, "q", count=exact', { count: 'exact' }, ['a b', '=x', '"q"']],
    ['malformed: no value', 'return=, ;a=b', {}, ['return=', ';a=b']],
    [
      'not the members of a prototype',
      '__proto__=a, constructor, toString=x',
      {},
      ['__proto__=a', 'constructor', 'toString=x'],
    ],
  ]
  for (const [section, field, expected, unknown = []] of table) {
    t.strictSame(parsePrefer(field), { ...expected, unknown }, `${section}: ${field}`)
  }
})

t.test('Preference-Applied (§3)', async t => {
  const asked = parsePrefer('count=exact, handling=strict, return=minimal, wait=10')
  t.equal(appliedPreferences(asked, all), 'return=minimal, handling=strict, count=exact')
  t.equal(appliedPreferences(asked, ['return']), 'return=minimal')
  t.equal(appliedPreferences(asked, []), undefined)
  t.equal(appliedPreferences(noPreferences, all), undefined)
})

t.test('handling=strict (§4.4)', async t => {
  const table: [field: string, honoured: readonly Preference[], details: string[]][] = [
    ['handling=strict, return=minimal', all, []],
    ['handling=lenient, wait=10, return=minimal', ['handling'], []],
    ['wait=10', ['handling'], []],
    ['handling=strict, wait=10', all, ['wait=10 is not known']],
    ['count=exact, handling=strict', ['handling'], ['count=exact is not honoured here']],
    [
      'handling=strict, a b, return=minimal',
      ['handling'],
      ['a b is not known', 'return=minimal is not honoured here'],
    ],
    ['handling=strict', ['return'], ['handling=strict is not honoured here']],
  ]
  for (const [field, honoured, details] of table) {
    const findings = details.map(detail => ({ parameter: 'Prefer', in: 'header', detail }))
    const check = () => checkStrict(parsePrefer(field), honoured)
    if (findings.length === 0) t.doesNotThrow(check, field)
    else t.throws(check, { kind: 'invalidParameter', errors: findings }, field)
  }
})

t.test('applied preferences read as the same preferences', async t => {
  const preferences = fc.record(
    {
      return: fc.constantFrom('minimal' as const, 'representation' as const),
      handling: fc.constantFrom('strict' as const, 'lenient' as const),
      count: fc.constant('exact' as const),
    },
    { requiredKeys: [], noNullPrototype: true },
  )
  fc.assert(
    fc.property(preferences, known => {
      const asked = { ...known, unknown: [] }
      t.strictSame(parsePrefer(appliedPreferences(asked, all) ?? ''), asked)
    }),
  )
})

t.test('of any field the known is legal and the unknown was in it', async t => {
  const field = fc.oneof(
    fc.string(),
    fc
      .array(fc.constantFrom('return', 'count', '=', 'minimal', 'exact', ',', ';', '"', '\\', ' '))
      .map(parts => parts.join('')),
  )
  fc.assert(
    fc.property(field, field => {
      const { unknown, ...known } = parsePrefer(field)
      const applied = appliedPreferences({ ...known, unknown }, all)
      t.strictSame(parsePrefer(applied ?? ''), { ...known, unknown: [] }, field)
      t.ok(
        unknown.every(element => element !== '' && field.includes(element)),
        field,
      )
    }),
  )
})

t.test('the parameter names what is honoured', async t => {
  for (const honoured of [['return'], ['count', 'handling'], all] as const) {
    const parameter = preferParameter(honoured)
    const { name, description } = parameter
    t.equal(name, 'Prefer')
    for (const preference of all) {
      t.equal(
        description.includes(`\`${preference}=`),
        honoured.some(one => one === preference),
        description,
      )
    }
    t.notOk('example' in parameter, 'Swagger UI would send it')
  }
})
