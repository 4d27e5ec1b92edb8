// Requests sent again where that is safe: reads, and posts that have an Idempotency-Key, the same one each time.

import { retryAfter } from './errors.ts'
import type { RowBody } from './row-body.ts'

export interface Retrying {
  /** The maximum number of times that a request is sent; 4 by default. */
  readonly attempts?: number
  /** The longest wait before the next attempt, in milliseconds; 10,000 by default. If the service asks for more, it gives up. */
  readonly longestWait?: number
  /** How long an attempt may take with its response, in milliseconds; 30,000 by default, 0: any time. */
  readonly timeout?: number
  readonly fetch?: typeof fetch
  /** Is told before a request is sent again. */
  readonly onRetry?: (retry: Retry) => void
}

export interface Retry {
  readonly request: Request
  /** The number of the attempt that comes next; the first retry is 2. */
  readonly attempt: number
  /** In milliseconds, the wait before it. */
  readonly wait: number
  /** What came instead of a good response: another response, or an error of `fetch`. */
  readonly reason: unknown
}

/** The first wait without a `Retry-After`, in milliseconds; each one after it is twice as long. */
const firstWait = 200

export function retryingFetch({
  attempts = 4,
  longestWait = 10_000,
  timeout = 30_000,
  fetch = globalThis.fetch,
  onRetry,
}: Retrying): (request: Request, body?: RowBody) => Promise<Response> {
  return async (request, body) => {
    for (let attempt = 1; ; attempt++) {
      const answer = await outcome(fetch, limited(withBody(request, body), timeout))
      if (body?.failure) throw body.failure.reason
      const isLast = attempt === attempts || body?.isSpent
      const wait = isLast ? undefined : waitBefore(request, answer, attempt)
      if (wait === undefined || wait > longestWait) return settle(answer)
      const reason = answer instanceof Response ? answer : answer.failure
      onRetry?.({ request, attempt: attempt + 1, wait, reason })
      if (answer instanceof Response) await answer.body?.cancel()
      await pause(wait, request.signal)
    }
  }
}

/** A copy. That of a body which is a stream would be kept in memory, so each attempt has one of its own. */
function withBody(request: Request, body: RowBody | undefined): Request {
  if (body === undefined) return request.clone()
  const init: RequestInit & { duplex: 'half' } = { body: body.next(), duplex: 'half' }
  return new Request(request, init)
}

/** It is given up after the time of one attempt. */
function limited(copy: Request, timeout: number): Request {
  if (timeout === 0) return copy
  const signal = AbortSignal.any([copy.signal, AbortSignal.timeout(timeout)])
  return new Request(copy, { signal })
}

interface Failure {
  readonly failure: unknown
}

async function outcome(send: typeof fetch, request: Request): Promise<Response | Failure> {
  try {
    return await send(request)
  } catch (failure) {
    return { failure }
  }
}

function settle(answer: Response | Failure): Response {
  if (answer instanceof Response) return answer
  throw answer.failure
}

/** What a balancer answers for a service that it does not reach, or the service itself: it may not have been done. */
const away: readonly number[] = [502, 503, 504]

/** In milliseconds; undefined: it is not to be sent again. */
function waitBefore(
  request: Request,
  answer: Response | Failure,
  attempt: number,
): number | undefined {
  if (request.signal.aborted) return undefined
  const keyed = request.method === 'POST' && request.headers.has('idempotency-key')
  const repeatable = keyed || request.method === 'GET' || request.method === 'HEAD'
  const backOff = firstWait * 2 ** (attempt - 1) * (0.5 + Math.random() / 2)
  if (!(answer instanceof Response)) return repeatable ? backOff : undefined
  const asked = retryAfter(answer)
  const again =
    answer.status === 429 ||
    (away.includes(answer.status) && repeatable) ||
    // The first attempt is still at work, and its answer will be stored.
    (answer.status === 409 && keyed && asked !== undefined)
  if (!again) return undefined
  return asked === undefined ? backOff : asked * 1000 + Math.random() * firstWait
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', abort)
      resolve()
    }, milliseconds)
    signal.addEventListener('abort', abort, { once: true })
    if (signal.aborted) abort()
  })
}
