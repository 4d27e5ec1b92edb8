// The routes of the project's own plugins in the document: what their schemas say, and what holds for every operation.

import type { AccessPolicy } from '../access/access.ts'
import type { ProblemKind } from '../http/problem.ts'
import type { JsonSchema } from '../resource/field.ts'
import { problemResponses } from './problem-responses.ts'
import type { ResponseSetting } from './responses.ts'
import { optionalSecurity } from './security.ts'

/** One route of a plugin, in the terms of Fastify. */
export interface OwnRoute {
  /** The name of the plugin, under which the document lists it. */
  readonly tag: string
  readonly method: string
  /** As the document has it: `/rates/{currency}`. */
  readonly path: string
  /** The operationId. */
  readonly id: string
  readonly schema: OwnSchema
  /** The scope that the caller needs. */
  readonly scope: string | undefined
  /** Whether it needs no credentials. */
  readonly anyone: boolean
  /** Whether it wants to be left out. */
  readonly hidden: boolean
}

export interface OwnSchema {
  readonly summary?: string
  readonly description?: string
  readonly deprecated?: boolean
  readonly params?: JsonSchema
  readonly querystring?: JsonSchema
  readonly headers?: JsonSchema
  readonly body?: JsonSchema
  /** By status: the schema of the body, or one for each media type. */
  readonly response?: Readonly<Record<string, JsonSchema>>
}

type Schemas = Readonly<Record<string, JsonSchema>>

/** By address, then by method. */
export function ownPaths(
  routes: readonly OwnRoute[],
  policy: AccessPolicy,
  setting: ResponseSetting,
): Readonly<Record<string, Readonly<Record<string, object>>>> {
  const byPath = Map.groupBy(routes.filter(isDescribed), ({ path }) => path)
  const items = [...byPath].map(([path, methods]) => [
    path,
    Object.fromEntries(
      methods.map(route => [route.method.toLowerCase(), describe(route, policy, setting)]),
    ),
  ])
  return Object.fromEntries(items)
}

/** Whether a route is in the document. OpenAPI has no words for a wildcard or a pattern in an address. */
export function isDescribed({ path, hidden }: OwnRoute): boolean {
  return !hidden && !/[*()]/.test(path)
}

function describe(route: OwnRoute, policy: AccessPolicy, setting: ResponseSetting): object {
  const { tag, id, method, path, schema } = route
  const { summary, description, deprecated, body } = schema
  const parameters = parametersOf(route)
  return {
    operationId: id,
    summary: summary ?? `${method} ${path}`,
    description: [description ?? summary ?? '', noteOf(route, policy)].join(' ').trim(),
    tags: [tag],
    ...(deprecated === true ? { deprecated } : {}),
    ...securityOf(route, policy),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: { required: true, content: contentOf(body) } }),
    responses: {
      ...successesOf(schema),
      ...problemResponses(refusals(route), setting, setting.registry),
    },
  }
}

function noteOf({ scope, anyone }: OwnRoute, { required }: AccessPolicy): string {
  if (!required) return ''
  if (anyone) return 'Needs no credentials.'
  return scope === undefined ? '' : `Scope: \`${scope}\`.`
}

function securityOf({ scope, anyone }: OwnRoute, { required }: AccessPolicy): object {
  if (!required) return {}
  if (anyone) return { security: optionalSecurity }
  return scope === undefined ? {} : { 'x-required-scopes': [scope] }
}

function parametersOf(route: OwnRoute): readonly object[] {
  const { path, schema } = route
  const { params, querystring, headers } = schema
  const named = membersOf(params)
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    ...described(named[name] ?? { type: 'string' }),
  }))
  return [...inPath, ...parametersIn('query', querystring), ...parametersIn('header', headers)]
}

function parametersIn(place: 'query' | 'header', schema: JsonSchema = {}): readonly object[] {
  const required = (schema.required ?? []) as readonly string[]
  return Object.entries(membersOf(schema)).map(([name, member]) => ({
    name,
    in: place,
    required: required.includes(name),
    ...described(member),
  }))
}

const membersOf = ({ properties = {} }: JsonSchema = {}) => properties as Schemas

/** The description of a member is that of its parameter. */
function described({ description, ...schema }: JsonSchema): object {
  return { ...(description === undefined ? {} : { description }), schema }
}

/** Of responses that have no description. */
const statusWords: Readonly<Record<string, string>> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No content',
}

function successesOf({ response = {} }: OwnSchema): object {
  const entries = Object.entries(response).map(([status, schema]) => [
    status.toUpperCase(),
    {
      description: schema.description ?? statusWords[status] ?? 'The response',
      ...(status === '204' ? {} : { content: contentOf(schema) }),
    },
  ])
  return entries.length === 0 ? { 200: { description: 'OK' } } : Object.fromEntries(entries)
}

/** One schema stands for JSON. */
function contentOf(schema: JsonSchema): object {
  return (schema.content as object | undefined) ?? { 'application/json': { schema } }
}

/** The refusals of such a route beside those of any: its code can throw each `Refusal`. */
function refusals({ path }: OwnRoute): readonly ProblemKind[] {
  return [...(path.includes('{') ? (['notFound'] as const) : []), 'conflict', 'invalidBody']
}
