// Every address with its methods. Fastify's router finds an address by a method that it has; one that is asked for by
// another method is found here.

import findMyWay, { type HTTPVersion, type Instance } from 'find-my-way'
import { routing } from './wire.ts'

export interface Address {
  /** In Fastify's notation: `/events/:id`. */
  readonly url: string
  readonly methods: Set<string>
  /** The header fields with the media types that it takes. */
  readonly accepts: Record<string, string>
}

export class Addresses {
  readonly #byUrl = new Map<string, Address>()
  /** Made when it is first asked, because few callers use a method that an address does not have. */
  #router: Instance<HTTPVersion.V1> | undefined

  add(url: string, methods: readonly string[], accepts: Readonly<Record<string, string>>): void {
    const address = this.#byUrl.get(url) ?? { url, methods: new Set(), accepts: {} }
    for (const method of methods) address.methods.add(method)
    Object.assign(address.accepts, accepts)
    this.#byUrl.set(url, address)
  }

  /** The address of a request's target; `null` for one with a parameter that is too long. */
  find(target: string): Address | null | undefined {
    this.#router ??= this.#toRouter()
    return this.#router.find('GET', target)?.store
  }

  #toRouter(): Instance<HTTPVersion.V1> {
    const router = findMyWay({ ...routing, onMaxParamLength: unreached })
    for (const [url, address] of this.#byUrl) router.on('GET', url, unreached, address)
    return router
  }

  /** Those that must have every method themselves, because the router would find another address by those that they do not have. */
  hiding(): readonly Address[] {
    const all = [...this.#byUrl.values()].map(address => ({ address, parts: partsOf(address.url) }))
    const byStart = Map.groupBy(all, ({ parts: [first = ''] }) => first)
    const vague = [...(byStart.get(any) ?? []), ...(byStart.get(rest) ?? [])]
    return all
      .filter(one => {
        const [first = ''] = one.parts
        const near = isVague(first) ? all : [...(byStart.get(first) ?? []), ...vague]
        return near.some(other => other !== one && hides(one.parts, other.parts))
      })
      .map(({ address }) => address)
  }
}

/** The router calls nothing: it only finds. */
function unreached(): void {}

/** A parameter. */
const any = ':'
/** A wildcard, or a parameter of another kind, with whatever comes after it. */
const rest = '*'

const isVague = (part: string) => part === any || part === rest

function partsOf(url: string): readonly string[] {
  const parts = url.replaceAll(/^\/|\/$/g, '').split('/')
  return parts.map(part => (/^:\w+$/.test(part) ? any : /[:*]/.test(part) ? rest : part))
}

/** Whether both may match the same target, and the first one would then be chosen, as far as can be told. */
function hides(one: readonly string[], other: readonly string[]): boolean {
  let isChosen: boolean | undefined
  for (let at = 0; ; at++) {
    const [own, its] = [one[at], other[at]]
    if (own === rest || its === rest) return true
    if (own === undefined || its === undefined) return own === its && isChosen !== false
    if (own === its) continue
    if (own !== any && its !== any) return false
    isChosen ??= its === any
  }
}
