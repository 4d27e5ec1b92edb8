// TLS to a PostgreSQL server: the files that it needs, and how it begins (PostgreSQL documentation, "SSL
// Session Encryption").

import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { isIP, type Socket } from 'node:net'
import { type ConnectionOptions, connect, createSecureContext, getCACertificates } from 'node:tls'
import { messageOf, Unusable } from './errors.ts'
import type { Encryption, TlsSettings } from './tls-settings.ts'

/** The request for TLS: its length, and its code. */
const request = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])

/** The codes of OpenSSL and Node for a certificate that is not trusted. */
const untrusted = /_CERT|CERT_|_SIGNATURE|HOSTNAME_MISMATCH/

/** The contents of the files, as options of TLS. */
export type Files = Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'passphrase'>

/** Reads the files in the settings. Throws `Unusable` with the name of a file that is missing or has the wrong content. */
export function readTlsFiles({ rootCert, cert, key, keyPassword }: TlsSettings): Files {
  const files = {
    ...(rootCert !== undefined && { ca: readAuthorities(rootCert) }),
    ...(cert !== undefined && { cert: read('sslcert', cert) }),
    ...(key !== undefined && { key: read('sslkey', key) }),
    ...(keyPassword !== undefined && { passphrase: keyPassword }),
  }
  try {
    createSecureContext(files)
    return files
  } catch (error) {
    throw unusable(`sslcert and sslkey (${cert}, ${key}) are no certificate with its key`, error)
  }
}

function readAuthorities(file: string): string[] | Buffer {
  if (file === 'system') return getCACertificates('system')
  const authorities = read('sslrootcert', file)
  try {
    new X509Certificate(authorities)
    return authorities
  } catch (error) {
    throw unusable(`sslrootcert (${file}) has no certificate in it`, error)
  }
}

function read(keyword: string, file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    throw unusable(`${keyword} (${file}) cannot be read`, error)
  }
}

function unusable(what: string, cause: unknown): Unusable {
  return new Unusable(`${what}: ${messageOf(cause)}`, { cause })
}

export interface Way {
  /** The host for which the certificate must be valid. */
  readonly host: string
  readonly tls: TlsSettings
  readonly files: Files
  readonly encryption: Encryption
  readonly signal: AbortSignal
}

/** Returns the socket to use. Throws `Unusable` if the server has no TLS, or does not prove what it must. */
export async function encrypt(socket: Socket, way: Way): Promise<Socket> {
  if (way.encryption === 'none' || !(await isOffered(socket, way))) return socket
  const secured = connect({ socket, ...toOptions(way) })
  try {
    await once(secured, 'secureConnect', { signal: way.signal })
    return secured
  } catch (error) {
    secured.destroy()
    throw explain(error)
  }
}

async function isOffered(socket: Socket, { tls, encryption, signal }: Way): Promise<boolean> {
  if (tls.direct) return true
  socket.write(request)
  const [answer] = (await once(socket, 'data', { signal })) as [Buffer]
  // Only one letter may have arrived. Further bytes would become part of the TLS stream, and an attacker could inject them.
  if (answer.length !== 1)
    throw new Unusable('The server does not speak the protocol of PostgreSQL.')
  const offered = answer.toString() === 'S'
  if (!offered && encryption === 'required')
    throw new Unusable('The server has no TLS, which sslmode asks for.')
  return offered
}

function toOptions({ host, tls, files }: Way): ConnectionOptions {
  return {
    ...files,
    // The certificate is compared with the host. Only names are sent as a server name (RFC 6066 §3).
    host,
    ...(isIP(host) === 0 && { servername: host }),
    rejectUnauthorized: tls.verify !== 'nothing',
    ...(tls.verify === 'authority' && { checkServerIdentity: () => undefined }),
    ...(tls.direct && { ALPNProtocols: ['postgresql'] }),
  }
}

function explain(error: unknown): unknown {
  const { code = '', message } = error as NodeJS.ErrnoException
  if (!untrusted.test(code)) return error
  const advice = 'sslrootcert in DATABASE_URL names the file of its authority'
  return new Unusable(`The certificate of the server is not trusted (${message}); ${advice}`, {
    cause: error,
  })
}
