// The common parts of the operations on a resource.

import type { ResponseHeader } from '../http/header-names.ts'
import type { ProblemKind } from '../http/problem.ts'
import { withArticle } from '../resource/english.ts'
import { pascalCase } from '../resource/model.ts'
import { schemaRef } from '../resource/shapes.ts'
import type { Address } from './address.ts'
import type { Described, Success } from './operation.ts'

export interface Wording {
  /** The beginning of the operationId. */
  readonly id: string
  /** The beginning of the summary. */
  readonly verb: string
  /** The beginning of the description. It says what the operation does, because some readers see nothing else. */
  readonly does: string
  /** The rest of the description. */
  readonly more: string
  /** Whether it concerns all rows. */
  readonly plural?: boolean
}

/** The parts that follow from the rest, unless the kind of operation says otherwise. */
type Implied = 'path' | 'pathParameters' | 'queryParameters' | 'scope' | 'cacheable'

/** The parts that each kind of operation describes; the rest follows from the address. */
export type Own = Omit<
  Described,
  'id' | 'summary' | 'description' | 'model' | 'parent' | 'below' | 'accepts' | Implied
> &
  Partial<Pick<Described, Implied>> & {
    /** Whether it changes nothing, so that the scope for reading is enough. */
    readonly reads: boolean
  }

export function describe(address: Address, wording: Wording, { reads, ...own }: Own): Described {
  const { model, parent, below } = address
  return {
    ...named(address, wording),
    model,
    parent,
    below,
    path: address[own.on],
    pathParameters: address.parametersOf(own.on),
    queryParameters: [],
    scope: `${model.name}:${reads ? 'read' : 'write'}`,
    cacheable: true,
    accepts: own.bodies.map(({ type }) => type),
    ...own,
    problems: withCommon(address, own.problems),
  }
}

function named({ model, parentModel }: Address, { id, verb, does, more, plural }: Wording) {
  const [component, thing] = plural
    ? [pascalCase(model.name), model.name]
    : [model.component, withArticle(model.singular)]
  const below = parentModel === undefined ? '' : ` of ${withArticle(parentModel.singular)}`
  return {
    id: `${id}${parentModel?.component ?? ''}${component}`,
    summary: `${verb} ${thing}${below}`,
    description: `${does} ${thing}${below}. ${more}`.trim(),
  }
}

function withCommon({ parent }: Address, problems: readonly ProblemKind[]): readonly ProblemKind[] {
  const all: ProblemKind[] = [
    ...problems,
    'quotaExceeded',
    ...(parent === undefined ? [] : (['notFound'] as const)),
  ]
  return [...new Set(all)]
}

export const bodyProblems = [
  'malformed',
  'contentTooLarge',
  'unsupportedMediaType',
  'invalidBody',
  'refusedByRule',
] as const
export const writeProblems = [
  ...bodyProblems,
  'invalidParameter',
  'notAcceptable',
  'conflict',
  'insufficientStorage',
] as const satisfies readonly ProblemKind[]

/** The problems of a change to a row, for which `If-Match` may be required. */
export function changeProblems({ model }: Address): readonly ProblemKind[] {
  return model.requireIfMatch
    ? ['preconditionFailed', 'preconditionRequired']
    : ['preconditionFailed']
}

export function notModified(component: string, headers: readonly ResponseHeader[]): Success {
  return {
    status: 304,
    description: 'Nothing has changed: the copy that you have is current.',
    headers,
    component,
  }
}

/** The row as a change has left it. */
export function saved({ model, shapes }: Address): Success {
  return {
    status: 200,
    description: `The ${model.singular}`,
    headers: ['ETag', 'Content-Location'],
    content: { schema: schemaRef(shapes.representation) },
    component: `${model.component}Saved`,
  }
}

export function withoutBody(component: string, headers: readonly ResponseHeader[]): Success {
  return { status: 204, description: 'Done. The response has no body.', headers, component }
}
