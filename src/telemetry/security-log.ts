// Log events about callers who are refused. Events have the names of the OWASP Logging Vocabulary, where it has one.

import type { Socket } from 'node:net'
import type { ConnectionError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { canonicalAddress } from '../access/address.ts'
import { BoundedLog, type Line } from '../access/bounded-log.ts'
import type { Source } from '../access/caller.ts'
import { loggedPrefix } from '../keys/api-key.ts'
import { refusalOf } from '../server/parse-error.ts'
import { requestDetails } from '../server/request-details.ts'

export interface SecurityOptions {
  /** Whether the `X-Forwarded-For` of any proxy is believed. */
  readonly trustsProxies: boolean
}

export interface SecurityLog {
  /** A request has come with `X-Forwarded-For`. */
  forwarded(request: FastifyRequest): void
  /** A request was answered with 401 or 403. */
  refused(request: FastifyRequest, reply: FastifyReply): void
  /** Wrong credentials from an address are refused for so many seconds, because it sent too many of them. */
  locked(source: Source, seconds: number): void
}

export function openSecurityLog(
  app: FastifyInstance,
  { trustsProxies }: SecurityOptions,
): SecurityLog {
  const lines = new BoundedLog(app.log)
  app.addHook('onClose', async () => lines.close())
  onUnparsed(app, refusal => lines.write(unparsed(refusal)))
  return {
    forwarded: trustsProxies ? () => {} : proxyWarning(),
    refused: (request, reply) => {
      const line =
        reply.statusCode === 401 ? failedLogin(request, reply) : forbidden(request, reply)
      if (line !== undefined) lines.write(line, request.log)
    },
    locked: (source, seconds) => lines.write(locked(source, seconds)),
  }
}

/** Only for credentials that were sent: a caller who sends none is asked for some, and nothing has failed. */
function failedLogin(request: FastifyRequest, reply: FastifyReply): Line | undefined {
  if (!String(reply.getHeader('www-authenticate')).includes('invalid_token')) return undefined
  const details = requestDetails(request)
  const key = loggedPrefix(request.headers.authorization)
  return {
    level: 'info',
    event: 'authn_login_fail',
    who: details.address,
    details: { ...details, ...(key && { key }) },
    message: 'credentials that are not valid',
  }
}

function locked({ ip }: Source, seconds: number): Line {
  const address = canonicalAddress(ip)
  const message = `an address sends too many wrong credentials: for ${seconds} s more of them are answered with 429`
  return {
    level: 'warn',
    event: 'authn_login_lock',
    who: address,
    details: { address, seconds },
    message,
  }
}

function forbidden(request: FastifyRequest, reply: FastifyReply): Line {
  const caller = request.principal.id
  const [, scope] = /scope="([^"]*)"/.exec(String(reply.getHeader('www-authenticate'))) ?? []
  return {
    level: 'info',
    event: 'authz_fail',
    who: caller,
    details: { caller, ...requestDetails(request), scope },
    message: 'a caller lacks a scope',
  }
}

/** A refusal by Node's parser, before there was a request. */
export interface Unparsed {
  /** Sent as `Request-Id`. */
  readonly reqId: string
  readonly status: number
  /** Node's name for the reason. */
  readonly code: string
  /** The address of the peer, which may be a proxy. */
  readonly address: string
}

function unparsed({ address, ...details }: Unparsed): Line {
  const message = 'bytes arrived that are no readable request, or a request did not arrive in time'
  return {
    level: 'info',
    event: 'input_validation_fail',
    who: address,
    details: { address, ...details },
    message,
  }
}

/** Calls `act` with each refusal by Node's parser, except for connections that never sent anything. */
export function onUnparsed(app: FastifyInstance, act: (refusal: Unparsed) => void): void {
  // It must run before the response is sent, because afterwards the socket no longer knows its peer.
  app.server.prependListener('clientError', (error: ConnectionError, socket: Socket) => {
    const { code = '' } = error
    // A socket that is no longer writable has had its last response, and the rest of a refused body is no request.
    if (!/^(?:HPE|ERR_HTTP)_/.test(code) || socket.bytesRead === 0 || !socket.writable) return
    const { problem, id } = refusalOf(error)
    const address = canonicalAddress(socket.remoteAddress)
    act({ reqId: id, status: problem.status, code, address })
  })
}

/** Warns once if a proxy sends addresses in `X-Forwarded-For`, but no setting says that it is to be believed. */
function proxyWarning(): SecurityLog['forwarded'] {
  let warned = false
  return request => {
    if (warned) return
    warned = true
    request.log.warn(
      { address: canonicalAddress(request.ip) },
      'X-Forwarded-For came, and TRUST_PROXY is not set: all callers behind this proxy count as one address, for limits and in the log; ' +
        'set TRUST_PROXY to the address of the proxy, or have it remove the field',
    )
  }
}
