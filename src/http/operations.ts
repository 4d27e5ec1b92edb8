// The operation table: what can be done to each model, where, and what may come of it. Routes and document read it both.

import type { Parameter } from '../query/parameter.ts'
import { fieldsParameter, type ListParameters, listParameters } from '../query/query.ts'
import { type Below, parentKeyExample, rowExample } from '../resource/example.ts'
import type { Field } from '../resource/field.ts'
import { type Model, pascalCase, type Reference } from '../resource/model.ts'
import type { CustomRoute } from '../resource/resource.ts'
import { type Action, type Traits, traits } from './actions.ts'
import type { ProblemKind } from './problem.ts'

export interface Operation extends Traits {
  /** The operationId of the document: `listEventGuests`. */
  readonly id: string
  readonly action: Action
  /** As in the document: `/events/{event_id}/guests`. */
  readonly path: string
  readonly model: Model
  /** The reference whose value the address gives, on a nested address. */
  readonly parent: Reference | undefined
  /** The parent that its examples are about, on a nested address. */
  readonly below: Below | undefined
  readonly summary: string
  readonly description: string
  readonly pathParameters: readonly Parameter[]
  readonly queryParameters: readonly Parameter[]
  readonly list: ListParameters | undefined
  readonly custom: CustomRoute<Record<string, unknown>> | undefined
  /** Whether caches may keep what it answers, and ask whether it is still so. */
  readonly cacheable: boolean
}

/** All operations of the models, in the order of the document. */
export function modelsToOperations(models: readonly Model[]): readonly Operation[] {
  return models.flatMap(model => {
    const addresses = [undefined, ...model.parents].map(parent => new Address(model, parent, models))
    return [
      ...addresses.flatMap(address => [operation(address, 'list'), operation(address, 'create')]),
      ...addresses.flatMap(address => memberActions.map(action => operation(address, action))),
      ...model.routes.map(route => operation(new Address(model, undefined, models), 'compute', route)),
    ]
  })
}

const memberActions = ['read', 'replace', 'update', 'remove'] as const

/** What can be done over HTTP to the API keys of a service that asks for credentials. */
export function keysToOperations(model: Model): readonly Operation[] {
  const address = new Address(model, undefined, [])
  return (['list', 'issue', 'read', 'revoke', 'rotate'] as const).map(action =>
    Object.freeze({ ...operation(address, action), cacheable: false }),
  )
}

/** How long the old secret keeps working when a key is rotated. */
const grace: Parameter = {
  name: 'grace',
  description: 'The number of seconds for which the old secret keeps working; 0 if others may know it',
  schema: { type: 'integer', minimum: 0, maximum: 2_592_000, default: 86_400 },
}

/** Where a model is reached: at its own address or below a parent's. */
class Address {
  readonly model: Model
  readonly parent: Reference | undefined
  readonly parentModel: Model | undefined

  constructor(model: Model, parent: Reference | undefined, models: readonly Model[]) {
    this.model = model
    this.parent = parent
    this.parentModel = models.find(({ name }) => name === parent?.model)
  }

  get below(): Below | undefined {
    if (this.parent === undefined || this.parentModel === undefined) return undefined
    return { field: this.parent.field, key: parentKeyExample(this.parentModel) }
  }

  get collection(): string {
    const below = this.parent === undefined ? '' : `/${this.parent.model}/{${this.parent.field.name}}`
    return `${below}/${this.model.name}`
  }

  get member(): string {
    return `${this.collection}/{${this.model.key.name}}`
  }
}

interface Wording {
  /** How the operationId starts. */
  readonly id: string
  /** How the summary starts. */
  readonly verb: string
  /** How the description starts. It says what is done, because some readers see nothing else. */
  readonly does: string
  /** How it goes on. */
  readonly more: (model: Model) => string
}

const wordings: Record<Exclude<Action, 'compute'>, Wording> = {
  list: {
    id: 'list',
    verb: 'List',
    does: 'Returns a page of',
    more: ({ key }) =>
      `It is ordered by \`${key.name}\` unless \`sort\` says otherwise. Follow the \`Link\` header to the next page.`,
  },
  create: {
    id: 'create',
    verb: 'Create',
    does: 'Creates',
    more: () =>
      'The response has its address in `Location`. With an `Idempotency-Key` the request can safely be sent again.',
  },
  read: {
    id: 'read',
    verb: 'Read',
    does: 'Returns',
    more: () => 'Send the `ETag` of an earlier response as `If-None-Match` to get 304 if nothing has changed.',
  },
  replace: {
    id: 'replace',
    verb: 'Replace',
    does: 'Replaces',
    more: ({ keyMadeBy }) =>
      `A member that is left out gets its default or null.${
        keyMadeBy === 'client' ? ' What does not exist is created; with `If-None-Match: *` it is only created.' : ''
      } Send \`If-Match\` so as not to undo what others have changed.`,
  },
  update: {
    id: 'update',
    verb: 'Change',
    does: 'Changes members of',
    more: () =>
      'A merge patch (RFC 7396) has the members to change; a JSON Patch (RFC 6902) has operations, which are done in order. A body of `application/json` is a merge patch.',
  },
  remove: {
    id: 'delete',
    verb: 'Delete',
    does: 'Deletes',
    more: ({ keepDeleted }) => (keepDeleted ? 'Its row is kept, but no caller sees it again.' : ''),
  },
  issue: {
    id: 'create',
    verb: 'Create',
    does: 'Creates',
    more: () =>
      'The response shows its secret, which is stored nowhere, this once. A key can have no scope that its creator lacks. If the request is repeated with the same `Idempotency-Key`, the response has no secret; rotate the key to get another.',
  },
  revoke: {
    id: 'delete',
    verb: 'Revoke',
    does: 'Revokes',
    more: () => 'Every instance refuses it within two seconds.',
  },
  rotate: {
    id: 'rotate',
    verb: 'Rotate',
    does: 'Issues a new secret for',
    more: () =>
      'It is shown only in this response. The old one keeps working for `grace` seconds. The caller needs every scope of the key. If you send it again with the same `Idempotency-Key`, the response is without the secret.',
  },
}

function operation(address: Address, action: Action, custom?: CustomRoute<Record<string, unknown>>): Operation {
  const { model, parent } = address
  const onCollection = action === 'list' || action === 'create' || action === 'issue'
  const below = address.below
  const name = action === 'rotate' ? action : custom?.name
  const list = action === 'list' ? listParameters(model, parent?.field) : undefined
  return Object.freeze({
    ...traits[action],
    ...names(address, action, custom),
    action,
    path: (onCollection ? address.collection : address.member) + (name === undefined ? '' : `/${name}`),
    model,
    parent,
    below,
    pathParameters: [
      ...(below === undefined ? [] : [pathParameter(below.field, address.parentModel ?? model, below.key)]),
      ...(onCollection ? [] : [pathParameter(model.key, model, keyExample(address, action))]),
    ],
    queryParameters: list?.all ?? memberParameters(address, action),
    list,
    custom,
    cacheable: true,
    successes: successes(address, action),
    problems: operationProblems(address, action),
  })
}

function memberParameters({ model }: Address, action: Action): readonly Parameter[] {
  if (action === 'rotate') return [grace]
  return action === 'read' ? [fieldsParameter(model)] : []
}

/** What is computed is shown of a row that others refer to; the last one may have been deleted as an example. */
function keyExample({ model, below }: Address, action: Action): unknown {
  return action === 'compute' ? parentKeyExample(model) : rowExample(model, below)[model.key.name]
}

function names({ model, parentModel }: Address, action: Action, custom?: CustomRoute<Record<string, unknown>>) {
  if (custom !== undefined || action === 'compute')
    return { id: custom?.operationId ?? '', summary: custom?.summary ?? '', description: customDescription(custom) }
  const { id, verb, does, more } = wordings[action]
  const [component, thing] =
    action === 'list' ? [pascalCase(model.name), model.name] : [model.component, withArticle(model.singular)]
  const below = parentModel === undefined ? '' : ` of ${withArticle(parentModel.singular)}`
  return {
    id: `${id}${parentModel?.component ?? ''}${component}`,
    summary: `${verb} ${thing}${below}`,
    description: `${does} ${thing}${below}. ${more(model)}`.trim(),
  }
}

/** The team's own words, after those that say what is done. */
function customDescription(custom: CustomRoute<Record<string, unknown>> | undefined): string {
  const summary = custom?.summary.replace(/\.?$/, '.') ?? ''
  return custom?.description === undefined ? summary : `${summary} ${custom.description}`
}

export function withArticle(noun: string): string {
  return `${/^[aeio]/.test(noun) ? 'an' : 'a'} ${noun}`
}

function pathParameter({ name, schema }: Field, named: Model, example: unknown): Parameter {
  const { description: _, examples: __, ...limits } = schema
  return { name, description: `The ${named.singular}`, schema: limits, example }
}

function successes({ model }: Address, action: Action): readonly number[] {
  const creates = action === 'replace' && model.keyMadeBy === 'client'
  return creates ? [...traits[action].successes, 201] : traits[action].successes
}

function operationProblems({ model, parent }: Address, action: Action): readonly ProblemKind[] {
  const changes = action === 'replace' || action === 'update' || action === 'remove'
  const mayMiss = parent !== undefined || (action === 'replace' && model.keyMadeBy === 'server')
  return [
    ...new Set<ProblemKind>([
      ...traits[action].problems,
      'quotaExceeded',
      ...(mayMiss ? (['notFound'] as const) : []),
      // Others may refer to the row; and a rule of the database's own may forbid it, of which the definitions know nothing.
      ...(action === 'remove' ? (['conflict'] as const) : []),
      ...(action === 'remove' && model.hooks.beforeWrite !== undefined ? (['invalidBody'] as const) : []),
      ...(changes && model.requireIfMatch ? (['preconditionRequired'] as const) : []),
    ]),
  ]
}
