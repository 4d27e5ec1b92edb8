// Plans and what counts, as the settings say.

import type { AccessPolicy } from '../access/access.ts'
import { createLimits, type Limits, monotonicClock } from '../access/limits.ts'
import { MemoryLimitStore } from '../access/memory-limit-store.ts'
import { RedisLimitStore } from '../access/redis-limit-store.ts'
import type { Config } from '../config.ts'
import { plansFile, readPlans } from '../plans.ts'
import type { Log } from '../resource/resource.ts'

/** Nothing where nothing is limited: by default where nobody is asked for credentials. */
export async function openLimits(
  { LIMITS, PLANS, REDIS_URL }: Config,
  { required }: AccessPolicy,
  log: Log,
): Promise<Limits | undefined> {
  if ((LIMITS ?? (required ? 'on' : 'off')) === 'off') return undefined
  const plans = await readPlans(PLANS ?? plansFile)
  const store =
    REDIS_URL === undefined ? new MemoryLimitStore(monotonicClock) : await RedisLimitStore.open(REDIS_URL, log)
  return createLimits(plans, store)
}
