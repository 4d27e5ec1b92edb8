// The status of a service, for those who operate it: figures of its last hour, its slowest routes, its problems and its callers.

import { type Static, type TSchema, Type } from '@sinclair/typebox'
import { jsonType } from './media-types.ts'
import type { ServiceOperation } from './service-operation.ts'

/** The scope to see how the service is doing. */
export const serviceAdmin = 'service:admin'

const count = (description: string) => Type.Integer({ description })
const measure = (description: string) => Type.Number({ description })
const orNone = (measured: TSchema) =>
  Type.Unsafe<number | null>({ ...measured, type: ['number', 'null'] })
const listOf = <T extends TSchema>(each: T, description: string) =>
  Type.Array(each, { description })

/** The figures of each interval, as the columns of a series. */
const columns = {
  successful: count('Responses 2xx'),
  redirected: count('Responses 3xx'),
  refused: count('Responses 4xx'),
  failed: count('Responses 5xx'),
  aborted: count('Whose client was gone'),
  p50: orNone(measure('The time to half of the responses, in ms')),
  p95: orNone(measure('To 95 of 100')),
  p99: orNone(measure('To 99 of 100')),
  database: orNone(measure('The mean time of a request in the database, in ms')),
  waiting: orNone(measure('Of that, waiting for its turn')),
  connections: count('Connections to the database in use'),
  queue: count('Calls of the database that waited'),
  in_flight: count('Requests in progress'),
  lag: measure('The lag of the event loop, in ms (99 of 100)'),
  busy: measure('The load of the event loop, from 0 to 1'),
  heap: count('The heap in use, in bytes'),
}

export type Column = keyof typeof columns

const series = Type.Object({
  worker: Type.Optional(count('Not there for all together')),
  times: listOf(Type.Integer(), 'Their ends, in seconds since 1970'),
  ...(Object.fromEntries(
    Object.entries(columns).map(([name, { description = '', ...each }]) => [
      name,
      listOf(each, description),
    ]),
  ) as { [Name in Column]: ReturnType<typeof Type.Array<(typeof columns)[Name]>> }),
})

const method = Type.String()
const path = Type.String({ description: 'Empty for an address that is not served' })

const route = Type.Object({
  method,
  path,
  requests: Type.Integer(),
  failed: count('Of these, with a response 5xx'),
  mean: measure('The mean time to a response, in ms'),
  p95: measure('Within which 95 of 100 had their responses'),
})

const problem = Type.Object({
  kind: Type.String({ description: 'As in the metrics' }),
  status: Type.Integer(),
  count: Type.Integer(),
  last_at: Type.String({ format: 'date-time' }),
  method,
  path,
  instance: Type.String({ description: 'Of the last one' }),
})

const caller = Type.Object({
  id: Type.String({ description: 'An address where there are no credentials' }),
  requests: Type.Integer(),
  limited: count('Of these, refused with 429'),
  policy: Type.Optional(Type.String({ description: 'Of which the least is left' })),
  quota: Type.Optional(Type.Integer()),
  remaining: Type.Optional(Type.Integer()),
})

const status = Type.Object(
  {
    interval: count('The length of an interval, in seconds'),
    processes: listOf(series, 'All of them together; then each worker, where there are several'),
    routes: listOf(route, 'The slowest routes, by their 95th percentile'),
    problems: listOf(problem, 'The problems by their kind, the most frequent first'),
    callers: listOf(caller, 'Those who sent the most requests'),
  },
  {
    $id: 'ServiceStatus',
    description: 'How the service does: processes for an hour, all else for 30 to 60 minutes',
  },
)

export type ServiceStatus = Static<typeof status>
export type Series = Static<typeof series>
export type RouteStatus = Static<typeof route>
export type ProblemStatus = Static<typeof problem>
export type CallerStatus = Static<typeof caller>

const exampleSeries = {
  times: [1795730400],
  ...(Object.fromEntries(Object.keys(columns).map(name => [name, [0]])) as Record<
    Column,
    number[]
  >),
}

const example: ServiceStatus = {
  interval: 5,
  processes: [{ ...exampleSeries, successful: [60], p50: [3.1], p95: [8.1], p99: [9.6] }],
  routes: [{ method: 'GET', path: '/books/{id}', requests: 60, failed: 0, mean: 3.4, p95: 8.1 }],
  problems: [],
  callers: [{ id: 'key:7', requests: 60, limited: 0 }],
}

export const getStatus: ServiceOperation = {
  id: 'getStatus',
  path: '/statusz',
  summary: 'Find out how the service is doing',
  description: 'Returns figures of the last hour, which the service keeps in memory.',
  mediaType: jsonType,
  linked: false,
  scope: serviceAdmin,
  parameters: [
    {
      name: 'since',
      description: 'Only intervals that ended later, in seconds since 1970',
      schema: { type: 'integer', minimum: 0, maximum: 99_999_999_999 },
      example: 1795730400,
    },
  ],
  shape: status,
  example,
}
