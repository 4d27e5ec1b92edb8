// The problems of an operation in the document. Those that tell something about the operation are under their status, the
// others under `default`.

import {
  Problem,
  type ProblemKind,
  problemMediaType,
  problems,
  problemToText,
} from '../http/problem.ts'
import { problemShape } from '../http/problem-shape.ts'
import { pascalCase } from '../resource/model.ts'
import { schemaRef } from '../resource/shapes.ts'
import type { ComponentRegistry } from './components.ts'
import { type HeaderName, headerReferences } from './header-fields.ts'

/** The properties of a service that decide which refusals are possible. */
export interface Refusing {
  /** Whether the service asks for credentials. */
  readonly secured: boolean
  /** Whether the service limits requests by plans. */
  readonly limited: boolean
}

/** The statuses that an operation lists. All others are possible at any address, so they tell nothing about it. */
const ownStatuses = [404, 409, 412, 422, 428]

/** Their header fields. */
const ownHeaders: Readonly<Record<number, readonly HeaderName[]>> = {
  409: ['Retry-After'],
  412: ['Current-ETag'],
}

/** One response for each status, which several kinds may share. */
export function problemResponses(
  kinds: readonly ProblemKind[],
  refusing: Refusing,
  registry: ComponentRegistry,
): object {
  const statuses = new Set(
    kinds.map(kind => problems[kind].status).filter(status => ownStatuses.includes(status)),
  )
  const responses = [...statuses].sort().map(status => [status, ownResponse(status, registry)])
  return { ...Object.fromEntries(responses), default: otherResponse(refusing, registry) }
}

function ownResponse(status: number, registry: ComponentRegistry): object {
  const kind = kindOf(status)
  const headers = ownHeaders[status] ?? []
  const name = pascalCase(problems[kind].title.replaceAll(' ', '-'))
  return registry.constantRef('responses', name, () => ({
    description: descriptions[status] ?? problems[kind].detail,
    ...(headers.length === 0 ? {} : { headers: headerReferences(headers, registry) }),
    content: {
      [problemMediaType]: {
        schema: schemaRef(problemShape),
        ...(kind === 'invalidBody' ? bodyExamples() : { example: exampleOf(kind) }),
      },
    },
  }))
}

const descriptions: Readonly<Record<number, string>> = {
  409: 'The request conflicts with what is stored, or with a request that is still being processed.',
  422: 'The body is not valid, or a rule of the service does not allow it.',
}

function kindOf(status: number): ProblemKind {
  const kinds = Object.keys(problems) as ProblemKind[]
  return kinds.find(kind => problems[kind].status === status) as ProblemKind
}

/** The problems that any request may get, in the order of their statuses. */
function otherKinds({ secured, limited }: Refusing): readonly ProblemKind[] {
  const never: readonly ProblemKind[] = ['methodNotAllowed', 'rangeNotSatisfiable', 'overloaded']
  const kinds = (Object.keys(problems) as ProblemKind[]).filter(
    kind => !ownStatuses.includes(problems[kind].status) && !never.includes(kind),
  )
  return kinds.filter(kind => {
    const { status } = problems[kind]
    return (secured || (status !== 401 && status !== 403)) && (limited || status !== 429)
  })
}

function otherHeaders({ secured, limited }: Refusing): readonly HeaderName[] {
  return [
    'Cache-Control',
    'Retry-After',
    ...(secured ? (['WWW-Authenticate'] as const) : []),
    ...(limited ? (['RateLimit', 'RateLimit-Policy'] as const) : []),
    'Accept',
    'Accept-Encoding',
    'Accept-Patch',
    'Accept-Post',
  ]
}

/** The response under `default`, with an example of each of them. */
function otherResponse(refusing: Refusing, registry: ComponentRegistry): object {
  return registry.constantRef('responses', 'OtherProblem', () => {
    const kinds = otherKinds(refusing)
    const statuses = [...new Set(kinds.map(kind => problems[kind].status))]
    return {
      description: `Any other problem: ${statuses.join(', ')}`,
      headers: headerReferences(otherHeaders(refusing), registry),
      content: { [problemMediaType]: { schema: schemaRef(problemShape), ...examplesOf(kinds) } },
    }
  })
}

/** The refusals by the schema, and those by a rule of the service. */
function bodyExamples(): object {
  const kinds = ['invalidBody', 'refusedByRule'] as const
  return { examples: Object.fromEntries(kinds.map(kind => [kind, { value: exampleOf(kind) }])) }
}

function examplesOf(kinds: readonly ProblemKind[]): object {
  const examples = kinds.map(kind => {
    const { status, title } = problems[kind]
    return [kind, { summary: `${status} ${title}`, value: exampleOf(kind) }]
  })
  return { examples: Object.fromEntries(examples) }
}

/** Details that make examples more useful. */
const details: Partial<Record<ProblemKind, ConstructorParameters<typeof Problem>[1]>> = {
  invalidParameter: { errors: [{ parameter: 'limit', in: 'query', detail: 'must be <= 1000' }] },
  invalidBody: { errors: [{ pointer: '#/name', detail: 'is required' }] },
  notAcceptable: { extensions: { available: ['application/json'] } },
  quotaExceeded: { extensions: { 'violated-policies': ['minute'] } },
}

function exampleOf(kind: ProblemKind): object {
  return JSON.parse(
    problemToText(new Problem(kind, details[kind]), '8e03978e-40d5-43e8-bc93-6894a57f9324'),
  )
}
