// Requests sent again where that is safe: reads, and posts under an Idempotency-Key, which is made once for all attempts.

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
    if (request.method === 'POST' && !request.headers.has('idempotency-key'))
      request.headers.set('idempotency-key', crypto.randomUUID())
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

/** In milliseconds; undefined: it is not to be sent again. */
function waitBefore(request: Request, answer: Response | Failure, attempt: number): number | undefined {
  if (request.signal.aborted) return undefined
  const repeatable = ['GET', 'HEAD', 'POST'].includes(request.method)
  const backOff = firstWait * 2 ** (attempt - 1) * (0.5 + Math.random() / 2)
  if (!(answer instanceof Response)) return repeatable ? backOff : undefined
  const asked = Number(answer.headers.get('retry-after') ?? Number.NaN) * 1000
  const again =
    answer.status === 429 ||
    (answer.status === 503 && repeatable) ||
    // The first attempt is still at work, and its answer will be stored.
    (answer.status === 409 && request.method === 'POST' && asked >= 0)
  if (!again) return undefined
  return asked >= 0 ? asked + Math.random() * firstWait : backOff
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
