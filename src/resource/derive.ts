// Resources become models: names, keys and relations, checked as a whole.

import { withoutDots } from './dot-keys.ts'
import { type Field, maxInteger, type Report, schemaToField } from './field.ts'
import { type DefinedResource, DefinitionError, type Model, pascalCase } from './model.ts'
import { checkModel, relationMistakes } from './model-checks.ts'
import { checkComponent, checkNames } from './names.ts'
import { callMistakes } from './options.ts'
import type { CustomRoute, Hooks, Resource } from './resource.ts'
import { ownMember } from './row.ts'
import { singularOf } from './singular.ts'

/**
 * Derives the models, parents before their children. Throws a `DefinitionError` that names every mistake.
 */
export function resourcesToModels(resources: readonly DefinedResource[]): readonly Model[] {
  const mistakes = resources.flatMap(({ file, resource }) =>
    callMistakes(resource).map(mistake => `${file}: ${mistake}`),
  )
  if (mistakes.length > 0) throw new DefinitionError(mistakes)
  const models = resources.map(defined =>
    resourceToModel(defined, (where, mistake) => {
      mistakes.push(`${defined.file}: ${where === '' ? '' : `${where} `}${mistake}`)
    }),
  )
  if (mistakes.length === 0) mistakes.push(...relationMistakes(models, resources))
  if (mistakes.length > 0) throw new DefinitionError(mistakes)
  return parentsFirst(models)
}

/** A server-made key; a client may propose one up to 2^31-1, so that the server's own never run out. */
const serverKey = {
  type: 'integer',
  minimum: 1,
  maximum: maxInteger,
  description: 'Made by the server',
  examples: [1],
}
export const maxProposedKey = 2_147_483_647

function resourceToModel({ file, resource }: DefinedResource, report: Report): Model {
  const { name, options } = resource
  const fields = resourceToFields(resource, report)
  const named = (chosen: readonly string[]) => fields.filter(field => chosen.includes(field.name))
  const scalars = fields.filter(field => field.kind.isScalar).map(field => field.name)
  const references = (relations: Readonly<Record<string, string>> = {}) =>
    Object.entries(relations).flatMap(([model, field]) =>
      named([field]).map(found => ({ model, field: found })),
    )
  const singular = options.singular ?? singularOf(name)
  const model: Model = {
    name,
    singular,
    component: pascalCase(singular),
    description: options.description,
    file,
    key: fields[0] as Field,
    keyMadeBy: options.key === undefined ? 'server' : 'client',
    fields,
    listed: options.listed === undefined ? fields : named(options.listed),
    filterable: named(options.filterable ?? scalars),
    sortable: named(options.sortable ?? scalars),
    references: [...references(options.parent), ...references(options.references)],
    parents: references(options.parent),
    unique: (options.unique ?? []).map(set => [set].flat()),
    indexes: (options.index ?? []).map(set => [set].flat()),
    keepDeleted: options.keepDeleted ?? false,
    requireIfMatch: options.requireIfMatch ?? false,
    publicRead: options.publicRead ?? false,
    owner: options.owner ?? false,
    deprecated: options.deprecated,
    hooks: (options.hooks ?? {}) as Hooks<Record<string, unknown>>,
    routes: (options.routes ?? []) as readonly CustomRoute<Record<string, unknown>>[],
    sample: options.sample ?? [],
  }
  checkNames(resource, report)
  checkComponent(model, report)
  checkModel(resource, model, report)
  return Object.freeze(model)
}

function resourceToFields({ fields, options }: Resource, report: Report): readonly Field[] {
  const required = new Set(fields.required ?? [])
  const read = (name: string, schema: object) =>
    schemaToField(name, schema, !required.has(name), report)
  const key = options.key === undefined ? undefined : ownMember(fields.properties, options.key)
  const others = Object.entries(fields.properties).filter(([name]) => name !== options.key)
  return [
    key === undefined
      ? schemaToField('id', serverKey, false, report)
      : withoutDots(read(options.key as string, key)),
    ...others.map(([name, schema]) => read(name, schema)),
  ]
}

/** A topological order; a model may refer to itself. */
function parentsFirst(models: readonly Model[]): readonly Model[] {
  const ordered = new Set<Model>()
  const place = (model: Model): void => {
    for (const { model: name } of model.references) {
      const target = models.find(other => other.name === name)
      if (target !== undefined && target !== model && !ordered.has(target)) place(target)
    }
    ordered.add(model)
  }
  for (const model of models) place(model)
  return [...ordered]
}
