// Models for tests of what is derived from them.

import { deriveModels } from '../../src/definitions/load.ts'
import type { Field } from '../../src/resource/field.ts'
import type { Model } from '../../src/resource/model.ts'
import type { Resource } from '../../src/resource/resource.ts'

/** The models of the resources, by their names. */
export function modelsOf(...resources: readonly object[]): Readonly<Record<string, Model>> {
  const defined = (resources as Resource[]).map(resource => ({
    file: `schemas/${resource.name}.ts`,
    resource,
  }))
  return Object.fromEntries(deriveModels(defined).models.map(model => [model.name, model]))
}

export function modelOf(resource: object): Model {
  return Object.values(modelsOf(resource))[0] as Model
}

export function fieldOf({ fields }: Model, name: string): Field {
  return fields.find(field => field.name === name) as Field
}

/** SQL as it reads without the digests in the names of constraints and indexes. */
export function withoutDigests(text: string): string {
  return text.replaceAll(/_[0-9a-f]{8}(?=_(?:check|ref|idx|key)\b)/g, '')
}
