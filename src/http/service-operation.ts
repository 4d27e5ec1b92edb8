// An operation about the service itself.

import type { Parameter } from '../query/parameter.ts'
import type { JsonSchema } from '../resource/field.ts'

export interface ServiceOperation {
  readonly id: string
  readonly path: string
  readonly summary: string
  readonly description: string
  readonly mediaType: string
  /** Whether its response has a `Link`. The response of a probe has none, and is never cached. */
  readonly linked: boolean
  /** Whether its response names the caller, so that credentials are read if there are any. */
  readonly knowsCaller?: boolean
  /** The scope that its caller needs; without one, it is open to everyone. */
  readonly scope?: string
  /** Of the query; none by default. */
  readonly parameters?: readonly Parameter[]
  readonly shape: JsonSchema
  readonly example: unknown
}
