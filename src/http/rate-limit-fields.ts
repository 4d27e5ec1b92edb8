// RateLimit-Policy and RateLimit (draft-ietf-httpapi-ratelimit-headers-11 §3, §4), written as structured fields (RFC 9651 §4.1).

/** A number of requests that is allowed within a window of time. */
export interface QuotaPolicy {
  readonly name: string
  readonly quota: number
  /** In seconds. */
  readonly window: number
}

/** The rest of a policy's quota for a caller. */
export interface ServiceLimit {
  readonly name: string
  readonly remaining: number
  /** When the quota is full again, in seconds from now. */
  readonly reset: number
}

/** The policies, which are the same in every response (§3.1). */
export function rateLimitPolicyField(policies: readonly QuotaPolicy[]): string {
  return policies
    .map(({ name, quota, window }) => `${text(name)};q=${integer(quota)};w=${integer(window)}`)
    .join(', ')
}

/** The rest of a policy's current window for a caller. */
export interface WindowState {
  readonly remaining: number
  /** When the window ends, in milliseconds from now. */
  readonly reset: number
}

/** Writes the state of each of these policies, in their order (§4.1), with `refunded` added to what remains. */
export function rateLimitWriter(policies: readonly Pick<QuotaPolicy, 'name'>[]) {
  const names = policies.map(({ name }) => text(name))
  return (windows: readonly WindowState[], refunded = 0): string => {
    let field = ''
    for (let index = 0; index < names.length; index++) {
      const { remaining = Number.NaN, reset = 0 } = windows[index] ?? {}
      const state = `${names[index]};r=${integer(remaining + refunded)};t=${integer(Math.ceil(reset / 1000))}`
      field += index === 0 ? state : `, ${state}`
    }
    return field
  }
}

/** The value of Retry-After: not before the last of the exhausted policies allows it (§6). */
export function retryAfter(exhausted: readonly ServiceLimit[]): number {
  return Math.max(...exhausted.map(({ reset }) => reset))
}

/** RFC 9651 §4.1.6. */
function text(value: string): string {
  if (!/^[\x20-\x7e]*$/.test(value))
    throw new Error(`'${value}' cannot stand in a structured field.`)
  return `"${value.replace(/["\\]/g, '\\$&')}"`
}

/** RFC 9651 §4.1.4: up to 15 digits; these are never negative (draft §3.1.1, §3.1.3, §4.1.1, §4.1.2). */
function integer(value: number): string {
  if (!Number.isInteger(value) || value < 0 || value > 999_999_999_999_999)
    throw new Error(`${value} cannot stand in a structured field.`)
  return String(value)
}
