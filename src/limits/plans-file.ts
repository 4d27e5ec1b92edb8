// The file of plans. It is checked at the start, so that a mistake is found before the first request.

import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { type Static, Type } from '@sinclair/typebox'
import type { QuotaPolicy } from '../http/rate-limit-fields.ts'
import { defaultLimit, maxLimit } from '../query/query.ts'
import { decodeText } from '../text-file.ts'
import { parseYamlFile, refuseFile } from '../validation/yaml-file.ts'
import type { Plan, Plans } from './plan.ts'

const ours = fileURLToPath(new URL('../../plans.yaml', import.meta.url))

/** The file that the settings name, or that of the project, or else that of the package. */
export function plansFile(named: string | undefined): string {
  return named ?? (existsSync('plans.yaml') ? 'plans.yaml' : ours)
}

/** For a larger quota, leave the member out: then there is no limit. */
const maxQuota = 1_000_000_000

const quotas = {
  requests_per_minute: Type.Optional(Type.Integer({ minimum: 1, maximum: maxQuota })),
  requests_per_day: Type.Optional(Type.Integer({ minimum: 1, maximum: maxQuota })),
}

const closed = { additionalProperties: false }
/** Per minute only: a caller who has corrected a wrong key should not have to wait for a day. */
const failedLoginsShape = Type.Object({ requests_per_minute: quotas.requests_per_minute }, closed)

const planShape = Type.Object(
  {
    ...quotas,
    // A page of the default size is always allowed.
    largest_page: Type.Optional(Type.Integer({ minimum: defaultLimit, maximum: maxLimit })),
    largest_body: Type.Optional(Type.Integer({ minimum: 1024 })),
  },
  closed,
)

const fileShape = Type.Object(
  {
    default: Type.String(),
    anonymous: Type.String(),
    failed_logins: failedLoginsShape,
    plans: Type.Record(Type.String({ pattern: '^[a-z][a-z0-9_-]{0,39}$' }), planShape, closed),
  },
  closed,
)

/** Throws an Error that names every mistake's plan and member. */
export async function readPlans(file: string): Promise<Plans> {
  return parsePlans(file, decodeText(file, await readFile(file)))
}

/** `file` is the name that mistakes are reported with; `text` is YAML, which includes JSON. */
export function parsePlans(file: string, text: string): Plans {
  return toPlans(file, parseYamlFile(file, text, fileShape) as Static<typeof fileShape>)
}

function toPlans(file: string, content: Static<typeof fileShape>): Plans {
  const byName = new Map(
    Object.entries(content.plans).map(([name, plan]) => [name, toPlan(name, plan)]),
  )
  const roles = ['default', 'anonymous'] as const
  const names = [...byName.keys()].join(', ')
  refuseFile(
    file,
    roles
      .filter(role => !byName.has(content[role]))
      .map(role => `${role} must be one of the plans: ${names}`),
  )
  return {
    byName,
    default: byName.get(content.default) as Plan,
    anonymous: byName.get(content.anonymous) as Plan,
    failedLogins: toPolicies(content.failed_logins, 'failed-logins-per-'),
  }
}

function toPlan(name: string, plan: Static<typeof planShape>): Plan {
  const { largest_page: largestPage, largest_body: largestBody } = plan
  return { name, policies: toPolicies(plan), largestPage, largestBody }
}

function toPolicies(
  { requests_per_minute: minute, requests_per_day: day }: Partial<Static<typeof planShape>>,
  prefix = '',
): readonly QuotaPolicy[] {
  return [
    ...(minute === undefined ? [] : [{ name: `${prefix}minute`, quota: minute, window: 60 }]),
    ...(day === undefined ? [] : [{ name: `${prefix}day`, quota: day, window: 86_400 }]),
  ]
}
