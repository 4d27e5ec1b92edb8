// A refusal of the service as an error (RFC 9457).

import type { components } from './api.ts'

type Problem = components['schemas']['Problem']

export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  readonly status: number
  /** Says which problem it is; `about:blank` where the status says it all. */
  readonly type: string
  readonly title: string
  readonly detail: string | undefined
  /** The id under which the service has it in its log. */
  readonly instance: string | undefined
  /** Every finding, with a `pointer` into the body or the `parameter` it is about. */
  readonly errors: NonNullable<Problem['errors']>
  readonly response: Response

  constructor(response: Response, problem: Partial<Problem>) {
    const title = problem.title ?? (response.statusText || `Status ${response.status}`)
    super(problem.detail ?? title)
    this.status = response.status
    this.type = problem.type ?? 'about:blank'
    this.title = title
    this.detail = problem.detail
    this.instance = problem.instance
    this.errors = problem.errors ?? []
    this.response = response
  }
}

/** What stands between may answer in its own words: then there is the status alone. */
export async function toProblemError(response: Response): Promise<ProblemError> {
  const isProblem =
    response.headers.get('content-type')?.startsWith('application/problem+json') === true
  return new ProblemError(response, isProblem ? ((await response.clone().json()) as Problem) : {})
}
