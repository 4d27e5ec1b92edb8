// A client filters in ways nobody thought of: the rows found are those that plain JavaScript picks.

import { deepStrictEqual } from 'node:assert'
import fc, { type Arbitrary } from 'fast-check'
import {
  bodies,
  compareValues,
  createSamples,
  type Kind,
  kindNames,
  kindOf,
  kinds,
  type Sample,
  samples,
  type Value,
} from '../support/samples.ts'
import { feature } from '../support/service.ts'

interface Filter {
  readonly field: string
  readonly operator: '' | keyof typeof tests
  readonly values: readonly Value[]
}

const tests = {
  _gt: (order: number) => order > 0,
  _gte: (order: number) => order >= 0,
  _lt: (order: number) => order < 0,
  _lte: (order: number) => order <= 0,
  _contains: (_: number, value: string, part: string) => value.includes(part),
  _icontains: (_: number, value: string, part: string) =>
    value.toUpperCase().includes(part.toUpperCase()),
  _starts_with: (_: number, value: string, part: string) => value.startsWith(part),
  _is_null: () => false,
  _ne: () => false,
}

/** The reference. */
function passes(row: Sample, { field, operator, values }: Filter): boolean {
  const [first = null, ...others] = values
  if (operator === '_ne') return !passes(row, { field, operator: '', values })
  const kind = kindOf(field)
  const value = row[field] ?? null
  if (operator === '_is_null') return (value === null) === first
  if (value === null) return false
  if (operator === '')
    return [first, ...others].some(one => compareValues(kind, value, same(kind, one)) === 0)
  return tests[operator](compareValues(kind, value, first), String(value), String(first))
}

function same(kind: Kind, value: Value): Value {
  return kind === 'uuid' ? String(value).toLowerCase() : value
}

const ordered: readonly Kind[] = ['integer', 'number', 'date', 'time']

function operatorsOf(field: string): Filter['operator'][] {
  const kind = kindOf(field)
  return [
    '',
    '_ne',
    ...(ordered.includes(kind) ? (['_gt', '_gte', '_lt', '_lte'] as const) : []),
    ...(kind === 'text' ? (['_contains', '_icontains', '_starts_with'] as const) : []),
    ...(field.startsWith('maybe_') ? (['_is_null'] as const) : []),
  ]
}

function isRepeated(operator: Filter['operator']): boolean {
  return operator === '' || operator === '_ne'
}

const fields = kindNames.flatMap(kind => [kind, `maybe_${kind}`])

const filters: Arbitrary<Filter> = fc
  .constantFrom(
    ...fields.flatMap(field => operatorsOf(field).map(operator => ({ field, operator }))),
  )
  .chain(({ field, operator }) => {
    const value: Arbitrary<Value> = operator === '_is_null' ? fc.boolean() : kinds[kindOf(field)]
    const values = fc.array(value, { minLength: 1, maxLength: isRepeated(operator) ? 4 : 1 })
    return values.map(values => ({ field, operator, values }))
  })

const someFilters = fc.uniqueArray(filters, {
  minLength: 1,
  maxLength: 3,
  selector: ({ field, operator }) => field + operator,
})

/** Filters, and the fields of which one is enough. */
const questions = fc.record({
  filters: someFilters,
  or: fc.uniqueArray(fc.constantFrom(...fields), { maxLength: 12 }),
})

/** The reference. */
function isFound(row: Sample, { filters, or }: Question): boolean {
  const [choice, rest] = [true, false].map(isChoice =>
    filters.filter(({ field }) => or.includes(field) === isChoice),
  ) as [Filter[], Filter[]]
  const groups = [...Map.groupBy(choice, ({ field }) => field).values()]
  const passesAll = (some: readonly Filter[]) => some.every(filter => passes(row, filter))
  return passesAll(rest) && (groups.length === 0 || groups.some(passesAll))
}

interface Question {
  readonly filters: readonly Filter[]
  readonly or: readonly string[]
}

function toQuery({ filters, or }: Question): string {
  const choice = or.length === 0 ? [] : [['or', or.join()]]
  const pairs = filters.flatMap(({ field, operator, values }) =>
    values.map(value => [field + operator, String(value)]),
  )
  return new URLSearchParams([...pairs, ...choice]).toString()
}

feature(
  'whatever the rows and the filters, those rows are found and counted that pass them all, or one of a choice',
  async (t, service) => {
    let batch = 0
    const property = fc.asyncProperty(
      bodies(12),
      fc.array(questions, { minLength: 1, maxLength: 8 }),
      async (rows, questions) => {
        batch += 1
        const stored = await createSamples(service, batch, rows)
        for (const question of questions) {
          const url = `/samples?batch=${batch}&limit=100&${toQuery(question)}`
          const { json, headers } = await service.get(url, { prefer: 'count=exact' })
          const expected = stored.filter(row => isFound(row, question))
          deepStrictEqual(
            [json, headers['x-total-count']],
            [expected, String(expected.length)],
            url,
          )
        }
      },
    )
    await t.resolves(fc.assert(property, { numRuns: 150 }))
  },
  { resources: [samples], sample: false },
)
