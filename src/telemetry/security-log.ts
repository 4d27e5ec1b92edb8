// What the log says of callers who are refused. Events are named by the OWASP Logging Vocabulary where it has a name.

import type { Socket } from 'node:net'
import type { ConnectionError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { canonicalAddress } from '../access/address.ts'
import { BoundedLog, type Line } from '../access/bounded-log.ts'
import type { Source } from '../access/caller.ts'
import { withoutSecrets } from '../access/redact.ts'
import { loggedPrefix } from '../keys/api-key.ts'
import { parseProblem } from '../server/parse-error.ts'

/** In characters; a longer address is cut, for its caller chooses how long a line is. */
const maxUrl = 300

export interface SecurityOptions {
  /** Whether `X-Forwarded-For` is believed of anybody. */
  readonly trustsProxies: boolean
}

/** Returns the function that logs an address which is refused for a time, because it sent too many wrong credentials. */
export function registerSecurityLog(app: FastifyInstance, { trustsProxies }: SecurityOptions) {
  const lines = new BoundedLog(app.log)
  app.addHook('onClose', async () => lines.close())
  app.addHook('onResponse', (request, reply, done) => {
    const { statusCode } = reply
    const line =
      statusCode === 401
        ? failedLogin(request, reply)
        : statusCode === 403
          ? forbidden(request, reply)
          : undefined
    if (line !== undefined) lines.write(line, request.log)
    done()
  })
  onUnparsed(app, refusal => lines.write(unparsed(refusal)))
  if (!trustsProxies) warnOfProxy(app)
  return (source: Source, seconds: number) => lines.write(locked(source, seconds))
}

function requestDetails({ ip, method, url }: FastifyRequest) {
  return { address: canonicalAddress(ip), method, url: withoutSecrets(url).slice(0, maxUrl) }
}

/** Of credentials that were sent; whoever sends none is only asked for some. */
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

/** What Node's parser refused before there was a request. */
export interface Unparsed {
  readonly status: number
  /** Node's name for the reason. */
  readonly code: string
  /** The address of the peer, be it a proxy. */
  readonly address: string
}

function unparsed({ address, ...details }: Unparsed): Line {
  const message = 'what came was no request that can be read, or did not arrive in time'
  return {
    level: 'info',
    event: 'input_validation_fail',
    who: address,
    details: { address, ...details },
    message,
  }
}

/** Does something with each refusal of Node's parser; a connection on which nothing came is not one. */
export function onUnparsed(app: FastifyInstance, act: (refusal: Unparsed) => void): void {
  // Before the answer, after which the socket does not know its peer any more.
  app.server.prependListener('clientError', (error: ConnectionError, socket: Socket) => {
    const { code = '' } = error
    // What is not writable any more has had its last answer: the rest of a body that was refused is no request.
    if (!/^(?:HPE|ERR_HTTP)_/.test(code) || socket.bytesRead === 0 || !socket.writable) return
    const { status } = parseProblem(error)
    act({ status, code, address: canonicalAddress(socket.remoteAddress) })
  })
}

/** Warns once if a proxy sends addresses in `X-Forwarded-For`, but no setting says that it is to be believed. */
function warnOfProxy(app: FastifyInstance): void {
  let warned = false
  app.addHook('onRequest', (request, _reply, done) => {
    if (!warned && request.headers['x-forwarded-for'] !== undefined) {
      warned = true
      request.log.warn(
        { address: canonicalAddress(request.ip) },
        'X-Forwarded-For came, and TRUST_PROXY is not set: all callers behind this proxy count as one address, for limits and in the log; ' +
          'set TRUST_PROXY to the address of the proxy, or have it remove the field',
      )
    }
    done()
  })
}
