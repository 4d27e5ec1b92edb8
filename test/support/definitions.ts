// Definitions for tests, as `schemas/` would have them.

import { type TProperties, Type } from '@sinclair/typebox'
import type { DefinedResource } from '../../src/resource/model.ts'
import { type Resource, resource } from '../../src/resource/resource.ts'

/** A resource in a file of its name. Options are not typed, so that they can be wrong. */
export function define(name: string, fields: TProperties, options: object = {}): DefinedResource {
  const defined = resource(name, Type.Object(fields), { description: `All ${name}`, ...options })
  return { file: `schemas/${name}.ts`, resource: defined as unknown as Resource }
}
