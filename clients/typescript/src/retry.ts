// Requests sent again where that is safe: reads, and posts that have an Idempotency-Key, the same one each time.

export interface Retrying {
  /** How often a request is sent at the most; 4 by default. */
  readonly attempts?: number
  /** The longest wait before the next attempt, in milliseconds; 10,000 by default. Asked for more, it gives up. */
  readonly longestWait?: number
  readonly fetch?: typeof fetch
}

/** The first wait without a `Retry-After`, in milliseconds; each one after it is twice as long. */
const firstWait = 200

export function retryingFetch({
  attempts = 4,
  longestWait = 10_000,
  fetch = globalThis.fetch,
}: Retrying): (request: Request) => Promise<Response> {
  return async request => {
    for (let attempt = 1; ; attempt++) {
      const answer = await outcome(fetch, request)
      const wait = attempt < attempts ? waitBefore(request, answer, attempt) : undefined
      if (wait === undefined || wait > longestWait) return settle(answer)
      if (answer instanceof Response) await answer.body?.cancel()
      await pause(wait, request.signal)
    }
  }
}

interface Failure {
  readonly failure: unknown
}

async function outcome(send: typeof fetch, request: Request): Promise<Response | Failure> {
  try {
    return await send(request.clone())
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
  const asked = askedWait(answer)
  const again =
    answer.status === 429 ||
    (away.includes(answer.status) && repeatable) ||
    // The first attempt is still at work, and its answer will be stored.
    (answer.status === 409 && keyed && asked !== undefined)
  if (!again) return undefined
  return asked === undefined ? backOff : asked + Math.random() * firstWait
}

/** `Retry-After` in milliseconds from now: it has seconds, or the time (RFC 9110 §10.2.3). */
function askedWait({ headers }: Response): number | undefined {
  const field = headers.get('retry-after') ?? ''
  const wait = /^\d+$/.test(field) ? Number(field) * 1000 : Date.parse(field) - Date.now()
  return Number.isNaN(wait) ? undefined : Math.max(0, wait)
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
