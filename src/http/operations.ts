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
  readonly description: string | undefined
  readonly pathParameters: readonly Parameter[]
  readonly queryParameters: readonly Parameter[]
  readonly list: ListParameters | undefined
  readonly custom: CustomRoute<Record<string, unknown>> | undefined
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
  return (['list', 'issue', 'read', 'revoke', 'rotate'] as const).map(action => operation(address, action))
}

/** How long, in seconds, the secret of before works when a key is rotated. */
const grace: Parameter = {
  name: 'grace',
  description: 'For how many seconds the secret of before still works; 0 where others know it',
  schema: { type: 'integer', minimum: 0, maximum: 2_592_000, default: 86_400 },
}

/** Where a model is reached: at its own address or below a parent's. */
class Address {
  readonly model: Model
  readonly parent: Reference | undefined
  readonly parentModel: Model | undefined
  /** Whether rows of other models refer to this one's. */
  readonly referred: boolean

  constructor(model: Model, parent: Reference | undefined, models: readonly Model[]) {
    this.model = model
    this.parent = parent
    this.parentModel = models.find(({ name }) => name === parent?.model)
    this.referred = models.some(({ references }) => references.some(reference => reference.model === model.name))
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
  readonly description: (model: Model) => string
}

const wordings: Record<Exclude<Action, 'compute'>, Wording> = {
  list: {
    id: 'list',
    verb: 'List',
    description: ({ key }) =>
      `A page, in the order of \`${key.name}\` unless \`sort\` says otherwise. Follow \`Link\` to the pages around it.`,
  },
  create: {
    id: 'create',
    verb: 'Create',
    description: ({ singular }) =>
      `Answers with the new ${singular} and its address in \`Location\`. With an \`Idempotency-Key\` it is safe to send again.`,
  },
  read: {
    id: 'read',
    verb: 'Read',
    description: () => 'Send the `ETag` of an earlier answer as `If-None-Match` and get 304 when nothing has changed.',
  },
  replace: {
    id: 'replace',
    verb: 'Replace',
    description: ({ keyMadeBy }) =>
      `Sets every member that may be written; one that is left out gets its default or null.${
        keyMadeBy === 'client' ? ' Creates what is not there; `If-None-Match: *` only creates.' : ''
      } With \`If-Match\` it fails rather than undo what others changed.`,
  },
  update: {
    id: 'update',
    verb: 'Change',
    description: () =>
      'Changes the members that are sent (merge patch, RFC 7396) or follows the operations (JSON Patch, RFC 6902).',
  },
  remove: {
    id: 'delete',
    verb: 'Delete',
    description: ({ keepDeleted }) => (keepDeleted ? 'It is gone for every caller; its row is kept.' : 'It is gone.'),
  },
  issue: {
    id: 'create',
    verb: 'Create',
    description: () =>
      'Answers with the key to send in `secret`, this once. It may be allowed no more than the caller is. Sent again with the same `Idempotency-Key`, it is answered without the secret, which is stored nowhere: rotate it to get another.',
  },
  revoke: { id: 'delete', verb: 'Revoke', description: () => 'Every instance refuses it within two seconds.' },
  rotate: {
    id: 'rotate',
    verb: 'Rotate',
    description: () =>
      'Gives it another secret, which is answered this once; the one of before works for the time of grace. For callers who are allowed all that the key is.',
  },
}

function operation(address: Address, action: Action, custom?: CustomRoute<Record<string, unknown>>): Operation {
  const { model, parent } = address
  const onCollection = action === 'list' || action === 'create' || action === 'issue'
  const below = address.below
  const name = action === 'rotate' ? action : custom?.name
  const list = action === 'list' ? listParameters(model) : undefined
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
    return { id: custom?.operationId ?? '', summary: custom?.summary ?? '', description: custom?.description }
  const { id, verb, description } = wordings[action]
  const [component, thing] =
    action === 'list' ? [pascalCase(model.name), model.name] : [model.component, withArticle(model.singular)]
  const below = parentModel === undefined ? '' : ` of ${withArticle(parentModel.singular)}`
  return {
    id: `${id}${parentModel?.component ?? ''}${component}`,
    summary: `${verb} ${thing}${below}`,
    description: description(model),
  }
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

function operationProblems({ model, parent, referred }: Address, action: Action): readonly ProblemKind[] {
  const changes = action === 'replace' || action === 'update' || action === 'remove'
  const mayMiss = parent !== undefined || (action === 'replace' && model.keyMadeBy === 'server')
  const mayConflict = action === 'remove' && (referred || model.hooks.beforeWrite !== undefined)
  return [
    ...new Set<ProblemKind>([
      ...traits[action].problems,
      'quotaExceeded',
      ...(mayMiss ? (['notFound'] as const) : []),
      ...(mayConflict ? (['conflict'] as const) : []),
      ...(action === 'remove' && model.hooks.beforeWrite !== undefined ? (['invalidBody'] as const) : []),
      ...(changes && model.requireIfMatch ? (['preconditionRequired'] as const) : []),
    ]),
  ]
}
