// The answers of an operation, as the document has them: every status, header field and media type that can happen.

import { type Action, commonProblems } from '../http/actions.ts'
import type { Operation } from '../http/operations.ts'
import { Problem, type ProblemKind, problemMediaType, problemShape, problems, problemToText } from '../http/problem.ts'
import type { ServiceOperation } from '../http/service.ts'
import {
  type Below,
  changedRowExample,
  createdExample,
  listExample,
  patchExample,
  replacementExample,
  rowExample,
} from '../resource/example.ts'
import type { JsonSchema } from '../resource/field.ts'
import { type Model, pascalCase } from '../resource/model.ts'
import type { Shapes } from '../resource/shapes.ts'
import { type Hoist, schemaRef } from './components.ts'
import { type HeaderName, headerReferences } from './header-fields.ts'

/** `access`: what is refused for want of credentials. */
export function operationResponses(
  operation: Operation,
  shapes: Shapes,
  hoist: Hoist,
  access: readonly ProblemKind[],
): object {
  const kinds = [...access, ...operation.problems, ...commonProblems]
  return {
    ...Object.fromEntries(operation.successes.map(status => [status, success(operation, shapes, status, hoist)])),
    ...problemResponses(kinds, hoist, operation),
  }
}

export function serviceResponses({ linked, mediaType, shape, example }: ServiceOperation, hoist: Hoist): object {
  const names: HeaderName[] = ['Cache-Control', ...(linked ? (['Vary', 'Link'] as const) : [])]
  return {
    200: {
      description: 'The answer',
      headers: headerReferences(names, hoist),
      content: { [mediaType]: { schema: schemaRef(shape), example } },
    },
    ...problemResponses(['invalidParameter', 'notAcceptable', ...commonProblems], hoist),
  }
}

function success(operation: Operation, shapes: Shapes, status: number, hoist: Hoist): object {
  const headers = headerReferences(successHeaders(operation, status), hoist)
  const description = descriptions[status] ?? answerDescription(operation)
  if (status === 304 || status === 204) return { description, headers }
  const { schema, example } = answerOf(operation, shapes, hoist)
  return { description, headers, content: { [operation.offers[0] as string]: { schema, example } } }
}

function answerDescription({ action, model, custom }: Operation): string {
  if (custom !== undefined) return custom.summary
  return action === 'list' ? `A page of ${model.name}` : `The ${model.singular}`
}

const descriptions: Readonly<Record<number, string>> = {
  201: 'Created',
  204: 'Done; there is nothing to answer',
  304: 'Not modified: what the caller has is current',
}

function successHeaders({ action, model }: Operation, status: number): readonly HeaderName[] {
  const deprecation: HeaderName[] = model.deprecated === undefined ? [] : ['Deprecation', 'Sunset', 'Link']
  if (action === 'remove' || action === 'revoke') return ['Preference-Applied', ...quotaHeaders, ...deprecation]
  return [
    ...quotaHeaders,
    'Cache-Control',
    'Vary',
    'Preference-Applied',
    ...(action === 'compute' ? [] : (['ETag'] as const)),
    ...(action === 'list' ? (['Link', 'X-Total-Count'] as const) : []),
    ...(status === 201 ? (['Location'] as const) : []),
    ...(action === 'create' || action === 'issue' ? (['Idempotent-Replayed'] as const) : []),
    ...deprecation,
  ]
}

/** With `fields`, a read answers a selection; a write always the whole. */
function answerOf(
  { action, model, custom, below }: Operation,
  shapes: Shapes,
  hoist: Hoist,
): { schema: object; example: unknown } {
  const whole = schemaRef(shapes.representation)
  if (shapes.issued !== undefined && (action === 'issue' || action === 'rotate'))
    return { schema: schemaRef(shapes.issued), example: issuedExample(action, model) }
  if (custom !== undefined)
    return { schema: { $ref: `#/components/schemas/${custom.component}` }, example: customExample(custom.response) }
  if (action === 'list') {
    const items = viewOf(shapes.listed ?? shapes.representation, shapes, hoist)
    return { schema: { type: 'array', items }, example: listExample(model, below) }
  }
  const schema = action === 'read' ? viewOf(shapes.representation, shapes, hoist) : whole
  return { schema, example: memberExample(action, model, below) }
}

/** No text that a scanner of leaked secrets would take for one. */
function issuedExample(action: Action, model: Model): object {
  return { ...(action === 'issue' ? createdExample(model) : rowExample(model)), secret: 'rw_live_…' }
}

function memberExample(action: Action, model: Model, below: Below | undefined): object {
  if (action === 'create') return createdExample(model, below)
  if (action === 'replace') return changedRowExample(model, replacementExample(model, below), below)
  return action === 'update' ? changedRowExample(model, patchExample(model), below) : rowExample(model, below)
}

/** The component of a whole or a choice of its fields: `BookView`. */
export function viewName({ $id }: JsonSchema): string {
  return `${$id}View`
}

/** A component, so that generated clients have a name for it. */
function viewOf(whole: JsonSchema, { selection }: Shapes, hoist: Hoist): object {
  return hoist.ref('schemas', viewName(whole), {
    description: 'All of it, or with `fields` the chosen ones',
    anyOf: [schemaRef(whole), schemaRef(selection)],
  })
}

function customExample({ properties }: { readonly properties: Readonly<Record<string, JsonSchema>> }): object {
  const members = Object.entries(properties)
  return Object.fromEntries(members.map(([name, schema]) => [name, (schema.examples as unknown[] | undefined)?.[0]]))
}

/** One response for each status; several kinds may share one. Without an operation: of the service itself. */
function problemResponses(kinds: readonly ProblemKind[], hoist: Hoist, operation?: Operation): object {
  const statuses = [...new Set(kinds.map(kind => problems[kind].status))].sort()
  const responses = statuses.map(status => {
    const first = kinds.find(kind => problems[kind].status === status) as ProblemKind
    const { prefix, headers } = variantOf(status, operation)
    return [
      status,
      hoist.ref('responses', pascalCase(prefix + statusName(first)), problemResponse(first, hoist, headers)),
    ]
  })
  const { prefix, headers } = variantOf('default', operation)
  const description = 'Any other problem, such as a request too long'
  const other = { ...problemResponse('internal', hoist, headers), description }
  return {
    ...Object.fromEntries(responses),
    default: hoist.ref('responses', pascalCase(`${prefix}OtherProblem`), other),
  }
}

/** The fields by which a problem differs from one operation to the next, and the name for it. */
function variantOf(status: number | 'default', operation: Operation | undefined) {
  if (operation === undefined) return { prefix: 'Service-', headers: [] }
  if (status === 403 && grants.includes(operation.action)) return { prefix: 'Granting-', headers: quotaHeaders }
  const stored = operation.heeds.includes('Idempotency-Key') ? keyedHeaders[status] : undefined
  const quota = beforeCounting.includes(status) ? [] : quotaHeaders
  return { prefix: stored === undefined ? '' : 'Keyed-', headers: [...(stored ?? []), ...quota] }
}

/** Of a status whose every kind has a type, and with it a title of its own. */
const statusNames: Readonly<Record<number, string>> = { 429: 'Too-Many-Requests' }

function statusName(kind: ProblemKind): string {
  const { status, title } = problems[plainKind(kind)]
  return statusNames[status] ?? title.replaceAll(' ', '-')
}

/** The kind of the same status that has no type of its own, where there is one. */
function plainKind(kind: ProblemKind): ProblemKind {
  const { status } = problems[kind]
  const kinds = Object.keys(problems) as ProblemKind[]
  return kinds.find(other => problems[other].status === status && !('type' in problems[other])) ?? kind
}

const problemHeaders: Readonly<Record<number, readonly HeaderName[]>> = {
  401: ['WWW-Authenticate'],
  403: ['WWW-Authenticate'],
  412: ['ETag'],
  415: ['Accept-Encoding', 'Accept-Patch', 'Accept-Post'],
  429: ['Retry-After'],
  503: ['Retry-After'],
}

const quotaHeaders = ['RateLimit', 'RateLimit-Policy'] as const

/** The refusals of callers who are not counted yet. */
const beforeCounting: readonly unknown[] = [401, 403]

/** Who may do these may still not give away what they lack. */
const grants: readonly Action[] = ['issue', 'rotate']

/** The refusals that come of the state: with an Idempotency-Key they are stored and replayed. */
const keyedHeaders: Readonly<Record<number | string, readonly HeaderName[]>> = {
  404: ['Idempotent-Replayed'],
  409: ['Idempotent-Replayed', 'Retry-After'],
  422: ['Idempotent-Replayed'],
}

function problemResponse(kind: ProblemKind, hoist: Hoist, more: readonly HeaderName[] = []): object {
  const { status } = problems[kind]
  const plain = plainKind(kind)
  const problem = new Problem(
    plain,
    plain === 'quotaExceeded' ? { extensions: { 'violated-policies': ['minute'] } } : {},
  )
  const example = JSON.parse(problemToText(problem, '8e03978e-40d5-43e8-bc93-6894a57f9324'))
  return {
    description: problems[plain].detail,
    headers: headerReferences(['Cache-Control', ...(problemHeaders[status] ?? []), ...more], hoist),
    content: { [problemMediaType]: { schema: schemaRef(problemShape), example } },
  }
}
