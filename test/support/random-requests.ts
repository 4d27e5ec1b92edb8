// Random sequences of requests to a service, as its clients might send them: with what they were told before.

import fc, { type Arbitrary } from 'fast-check'
import { listParameters } from '../../src/query/query.ts'
import type { Model } from '../../src/resource/model.ts'
import { type Body, bodyOf, changesOf, keyFor, texts, valueFor } from './random-values.ts'

export interface Step {
  readonly method: string
  /** An address, or the link of this relation in the last list. */
  readonly to: string | { readonly rel: string }
  readonly headers: Readonly<Record<string, string>>
  /** A precondition: a field, and which of the tags received so far, counted from the last. */
  readonly tag?: readonly [field: 'if-match' | 'if-none-match', index: number]
  readonly body?: unknown
  /** How much later it is, in hours. */
  readonly after: number
}

const none = fc.constant({})

const conditions: Arbitrary<Pick<Step, 'tag'>> = fc.oneof(
  { weight: 3, arbitrary: none },
  {
    weight: 1,
    arbitrary: fc.record({
      tag: fc.tuple(fc.constantFrom('if-match', 'if-none-match'), fc.nat({ max: 3 })),
    }),
  },
)

const headers = (
  chances: Readonly<Record<string, readonly string[]>>,
): Arbitrary<Record<string, string>> =>
  fc
    .record(
      Object.fromEntries(
        Object.entries(chances).map(([name, values]) => [
          name,
          fc.option(fc.constantFrom(...values), { freq: 2 }),
        ]),
      ),
    )
    .map(fields =>
      Object.fromEntries(
        Object.entries(fields).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
      ),
    )

const preferences = [
  'return=minimal',
  'return=representation',
  'count=exact',
  'handling=strict',
  'wait=1',
]

/** Where the rows of a model are, flat or below a parent. */
function collections({ name, parents }: Model): Arbitrary<string> {
  const below = parents.map(({ model, field }) =>
    keyFor(field.schema).map(key => `/${model}/${encodeURIComponent(String(key))}/${name}`),
  )
  return fc.oneof(fc.constantFrom(`/${name}`, `/v1/${name}`, `/${name}/`), ...below)
}

function members(model: Model): Arbitrary<string> {
  return fc
    .tuple(collections(model), keyFor(model.key.schema))
    .map(
      ([collection, key]) => `${collection.replace(/\/$/, '')}/${encodeURIComponent(String(key))}`,
    )
}

/** A body for POST: now and then under a key of the client's choice. */
function newBody(model: Model): Arbitrary<Body> {
  if (model.keyMadeBy === 'client') return bodyOf(model)
  const key = fc.option(fc.constantFrom(1, 2, 7, 2 ** 31 - 2), { freq: 4 })
  return fc
    .tuple(bodyOf(model), key)
    .map(([body, key]) => (key === null ? body : { ...body, [model.key.name]: key }))
}

function patches(model: Model): Arbitrary<Pick<Step, 'body' | 'headers'>> {
  const merge = fc.record({
    body: changesOf(model),
    headers: headers({
      'content-type': ['application/merge-patch+json', 'application/json'],
      prefer: preferences,
    }),
  })
  const names = model.fields.map(({ name }) => `/${name}`)
  const operations = fc
    .tuple(bodyOf(model), fc.constantFrom(...names), fc.constantFrom(...names, '/wheels', ''))
    .map(([body, path, from]): Body[] => [
      { op: 'test', path, value: body[path.slice(1)] ?? null },
      { op: 'replace', path, value: body[path.slice(1)] ?? null },
      { op: 'copy', path, from },
      { op: 'remove', path },
    ])
  const json = fc.record({
    body: operations.chain(all => fc.shuffledSubarray(all, { maxLength: 3 })),
    headers: fc.constant({ 'content-type': 'application/json-patch+json' }),
  })
  return fc.oneof(merge, json)
}

function queries(model: Model): Arbitrary<string> {
  const { filters } = listParameters(model)
  const filter = fc.constantFrom(...filters).chain(({ name, field, operator }) => {
    const value =
      operator === 'is_null'
        ? fc.boolean()
        : /contains|starts_with/.test(operator)
          ? fc.constantFrom('', ...texts)
          : valueFor(field.schema)
    return value.map(value => [name, String(value)] as const)
  })
  const sorts = model.sortable.flatMap(({ name }) => [name, `-${name}`])
  const fields = model.fields.map(({ name }) => name)
  return fc
    .record({
      filters: fc.array(filter, { maxLength: 2 }),
      limit: fc.constantFrom([], [['limit', '1']], [['limit', '2']], [['limit', '3']]),
      sort: fc
        .subarray(sorts, { maxLength: 3 })
        .map(names => (names.length === 0 ? [] : [['sort', names.join()]])),
      fields: fc.option(fc.subarray(fields, { minLength: 1, maxLength: 3 }), { freq: 4 }),
    })
    .map(({ filters, limit, sort, fields }) =>
      String(
        new URLSearchParams([
          ...filters,
          ...limit,
          ...sort,
          ...(fields ? [['fields', fields.join()]] : []),
        ] as never),
      ),
    )
}

const keys = ['k-1', 'k-1', '"k-2"']

function steps(model: Model): Arbitrary<Step> {
  const after = fc.constantFrom(0, 0, 0, 0, 1, 23, 25)
  const own = (weight: number, step: Arbitrary<object>) => ({
    weight,
    arbitrary: fc.tuple(step, after),
  })
  const member = members(model)
  const plain = headers({ prefer: preferences, accept: ['application/json', 'text/plain', '*/*'] })
  const method = (name: string) => fc.constant(name)
  return fc
    .oneof(
      own(6, creations(model)),
      own(
        3,
        mixed(
          fc.record({ method: method('PUT'), to: member, headers: plain, body: bodyOf(model) }),
          conditions,
        ),
      ),
      own(4, mixed(fc.record({ method: method('PATCH'), to: member }), patches(model), conditions)),
      own(
        2,
        mixed(fc.record({ method: method('DELETE'), to: member, headers: plain }), conditions),
      ),
      own(
        2,
        mixed(
          fc.record({ method: fc.constantFrom('GET', 'HEAD'), to: member, headers: plain }),
          conditions,
        ),
      ),
      own(5, mixed(lists(model), conditions)),
      own(
        3,
        fc.record({
          method: method('GET'),
          to: fc.record({ rel: fc.constantFrom('next', 'next', 'prev', 'first') }),
          headers: plain,
        }),
      ),
      own(
        1,
        fc.record({
          method: fc.constantFrom('OPTIONS', 'PUT', 'TRACE', 'DELETE'),
          to: collections(model),
          headers: plain,
        }),
      ),
    )
    .map(([step, after]) => ({ ...step, after }) as Step)
}

function creations(model: Model): Arbitrary<object> {
  return fc.record({
    method: fc.constant('POST'),
    to: collections(model),
    headers: headers({ 'idempotency-key': keys, prefer: preferences }),
    body: newBody(model),
  })
}

function lists(model: Model): Arbitrary<object> {
  return fc.record({
    method: fc.constantFrom('GET', 'GET', 'HEAD'),
    to: fc
      .tuple(collections(model), queries(model))
      .map(([path, query]) => (query === '' ? path : `${path}?${query}`)),
    headers: headers({ prefer: preferences }),
  })
}

function mixed(...parts: Arbitrary<object>[]): Arbitrary<object> {
  return fc.tuple(...parts).map(all => Object.assign({}, ...all))
}

/** A few rows to start with, and then anything, about models that refer to each other. */
export function sequencesOf(groups: readonly (readonly Model[])[]): Arbitrary<readonly Step[]> {
  return fc.constantFrom(...groups).chain(models => {
    const first = models.map(model =>
      fc.record({
        method: fc.constant('POST'),
        to: fc.constant(`/${model.name}`),
        headers: fc.constant({}),
        body: bodyOf(model),
        after: fc.constant(0),
      }),
    )
    const later = fc.array(fc.oneof(...models.map(steps)), { minLength: 4, maxLength: 12 })
    return fc.tuple(fc.tuple(...first), fc.tuple(...first), later).map(all => all.flat() as Step[])
  })
}
