// From the settings to what is asked of callers: nobody serves openly to others by mistake.

import { type AccessPolicy, openPolicy } from './access/access.ts'
import { countKeys } from './access/key-record.ts'
import type { Config } from './config.ts'
import type { Model } from './resource/model.ts'
import type { Store } from './store/store.ts'

/** What only this machine reaches. */
const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/

/**
 * Credentials are required where AUTH says so, or where there are any: a key, be it a revoked one. Else the service is
 * open, and that only on loopback or with AUTH=none.
 */
export async function decideAccess(config: Config, models: readonly Model[], store: Store): Promise<AccessPolicy> {
  const { HOST, AUTH } = config
  const publicRead = readPublicRead(config, models)
  if (AUTH === 'none') return openPolicy
  if (AUTH === 'required' || (await hasKeys(store))) return { required: true, publicRead }
  if (loopback.test(HOST)) return openPolicy
  throw new Error(
    `HOST is ${HOST}, which others can reach, and there are no credentials: make a key with 'key create', ` +
      'listen on 127.0.0.1, or set AUTH=none to let everyone read and write.',
  )
}

export async function hasKeys(store: Store): Promise<boolean> {
  const [row] = await store.query(countKeys)
  return Number(row?.[0]) > 0
}

function readPublicRead({ PUBLIC_READ = '' }: Config, models: readonly Model[]): ReadonlySet<string> {
  const known = models.map(({ name }) => name)
  const defined = models.filter(({ publicRead }) => publicRead).map(({ name }) => name)
  if (PUBLIC_READ === 'all') return new Set(models.filter(({ owner }) => !owner).map(({ name }) => name))
  const named = PUBLIC_READ.split(',')
    .map(name => name.trim())
    .filter(name => name !== '')
  for (const name of named) {
    if (!known.includes(name))
      throw new Error(`PUBLIC_READ names '${name}'; it must be all, or some of ${known.join(', ')}`)
    if (models.some(model => model.name === name && model.owner))
      throw new Error(`PUBLIC_READ names '${name}', whose rows belong to their creators`)
  }
  return new Set([...defined, ...named])
}
