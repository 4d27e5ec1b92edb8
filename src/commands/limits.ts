// Opens the plans and the store that counts requests, as the settings say.

import type { AccessPolicy } from '../access/access.ts'
import type { Config } from '../config.ts'
import type { LimitStore } from '../limits/limit-store.ts'
import { createLimits, type Limits, monotonicClock } from '../limits/limits.ts'
import { MemoryLimitStore } from '../limits/memory-limit-store.ts'
import { plansFile, readPlans } from '../limits/plans-file.ts'
import type { Log } from '../resource/resource.ts'

/** `local`: counts without Redis, if not the memory of this process alone. Undefined if requests are not limited, which is the default without credentials. */
export async function openLimits(
  { LIMITS, PLANS, REDIS_URL }: Config,
  { required }: AccessPolicy,
  { log, local }: { log: Log; local: LimitStore | undefined },
): Promise<Limits | undefined> {
  if ((LIMITS ?? (required ? 'on' : 'off')) === 'off') return undefined
  const plans = await readPlans(plansFile(PLANS))
  const store =
    REDIS_URL === undefined
      ? (local ?? new MemoryLimitStore(monotonicClock))
      : await openRedis(REDIS_URL, log)
  return createLimits(plans, store)
}

/** Loads the client only if it is used, because it would take a twentieth of every start. */
async function openRedis(url: string, log: Log): Promise<LimitStore> {
  const { RedisLimitStore } = await import('../limits/redis-limit-store.ts')
  return RedisLimitStore.open(url, log)
}
