// General rules of responses, which the document says once: the statuses behind `default`, and the header fields of
// its introduction.

import type { Held, OperationObject } from './document-types.ts'

type Rule<T> = (about: T) => boolean

const always = () => true
const hasBody: Rule<OperationObject> = ({ requestBody }) => requestBody !== undefined
const isSecured: Rule<OperationObject> = ({ security = [] }) => security.length > 0

/** The statuses that `default` stands for, and the operations that may have them. All others an operation documents itself. */
const anywhere: Readonly<Record<number, Rule<OperationObject>>> = {
  400: always,
  401: isSecured,
  403: isSecured,
  406: ({ responses }) => responses[200] !== undefined || responses[201] !== undefined,
  408: always,
  413: hasBody,
  414: always,
  415: hasBody,
  417: always,
  421: always,
  429: ({ tags }) => !tags.includes('service'),
  431: always,
  500: always,
  501: always,
  503: always,
  505: always,
  507: ({ operationId, responses, tags }) =>
    operationId === 'getReadiness' || (!tags.includes('service') && responses[304] === undefined),
}

export const anywhereStatuses = Object.keys(anywhere).map(Number)

/** The statuses for an address that is not in the document, or a method that it does not have. */
const nowhere = [400, 401, 404, 405, 408, 414, 417, 421, 429, 431, 500, 501, 503, 505]

export function isAnywhere(
  status: number,
  operation: OperationObject | undefined,
  limited: boolean,
): boolean {
  if (status === 429 && !limited) return false
  return operation === undefined
    ? nowhere.includes(status)
    : (anywhere[status]?.(operation) ?? false)
}

const isSuccess: Rule<Held> = ({ answer: { status } }) => status < 400
const isDelete: Rule<Held> = ({ answer: { method } }) => method === 'DELETE'
const isService: Rule<Held> = ({ operation }) => operation?.tags.includes('service') === true
const never = () => false
const isJson: Rule<Held> = ({ answer: { headers, body } }) =>
  headers['content-type']?.startsWith('application/json') === true && body !== ''
const documents = ({ response: { headers = {} } }: Held, name: string) => name in headers
/** A whole list has no tag and no pages around it, and several rows no address. */
const isPage: Rule<Held> = held =>
  isJson(held) && status(200)(held) && documents(held, 'X-Total-Count')
const isCreated: Rule<Held> = held =>
  isJson(held) && status(201)(held) && documents(held, 'Location')
const status =
  (...statuses: number[]): Rule<Held> =>
  held =>
    statuses.includes(held.answer.status)

interface FieldRule {
  readonly may: Rule<Held>
  readonly must?: Rule<Held>
}

/** The header fields that the introduction tells of, or that go with a status of `default`. */
const fields: Readonly<Record<string, FieldRule>> = {
  'request-id': { may: always, must: always },
  'cache-control': { may: always, must: held => !isSuccess(held) || !isDelete(held) },
  vary: {
    may: held => isSuccess(held) || held.answer.headers.vary === 'Origin',
    must: held => isSuccess(held) && !isDelete(held) && !isService(held),
  },
  'preference-applied': { may: ({ heeds }) => heeds.includes('Prefer') },
  'idempotent-replayed': { may: ({ heeds }) => heeds.includes('Idempotency-Key') },
  ratelimit: { may: ({ limited }) => limited },
  'ratelimit-policy': {
    may: ({ limited }) => limited,
    must: ({ answer }) => answer.headers.ratelimit !== undefined,
  },
  'www-authenticate': { may: status(401, 403), must: status(401) },
  'retry-after': { may: status(409, 429, 503), must: status(429, 503) },
  'accept-encoding': { may: status(415) },
  'accept-patch': { may: status(415) },
  'accept-post': { may: status(415) },
  allow: { may: status(405), must: status(405) },
  etag: { may: never, must: held => isPage(held) },
  link: { may: never, must: held => isPage(held) },
  location: { may: never, must: held => isCreated(held) },
}

/** Set by Node and Fastify on any response; not the document's business. */
const transportFields = [
  'x-content-type-options',
  'content-security-policy',
  'content-length',
  'content-type',
  'date',
  'connection',
  'keep-alive',
  'transfer-encoding',
]

export function missingGeneral(held: Held): string[] {
  const { headers } = held.answer
  return Object.keys(fields).filter(
    name => headers[name] === undefined && fields[name]?.must?.(held) === true,
  )
}

/** `documented`: the names of the response's own. */
export function undocumented(held: Held, documented: readonly string[]): string[] {
  const known = (name: string) =>
    transportFields.includes(name) ||
    name.startsWith('access-control-') ||
    documented.includes(name)
  return Object.keys(held.answer.headers).filter(
    name => !known(name) && fields[name]?.may(held) !== true,
  )
}
