// How the connection to a PostgreSQL server is encrypted, and what its certificate must prove: `sslmode` and the keywords
// that go with it, as in libpq (PostgreSQL documentation, "SSL Support").

import { mistake, type Setting } from './keywords.ts'

const modes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const

type Mode = (typeof modes)[number]

/** One attempt to connect: without TLS, with TLS if the server has it, or only with TLS. */
export type Encryption = 'none' | 'offered' | 'required'

export interface TlsSettings {
  /** The attempts, in order. The next one follows if the server refuses this kind of connection. */
  readonly attempts: readonly Encryption[]
  /** The checks: none, that a known authority made the certificate, or also that it is for this host. */
  readonly verify: 'nothing' | 'authority' | 'host'
  /** Whether TLS begins at once, without an unencrypted request for it (PostgreSQL 17). */
  readonly direct: boolean
  /** A file, or `system` for the authorities that the operating system trusts. */
  readonly rootCert?: string
  readonly cert?: string
  readonly key?: string
  readonly keyPassword?: string
}

const attemptsOf: Readonly<Record<Mode, readonly Encryption[]>> = {
  disable: ['none'],
  allow: ['none', 'required'],
  prefer: ['offered', 'none'],
  require: ['required'],
  'verify-ca': ['required'],
  'verify-full': ['required'],
}

export function readTlsSettings(setting: Setting): TlsSettings {
  const [rootCert, cert, key, keyPassword] = [
    'sslrootcert',
    'sslcert',
    'sslkey',
    'sslpassword',
  ].map(setting)
  const mode = readMode(setting, rootCert)
  const direct = readDirect(setting)
  const attempts = attemptsOf[mode]
  const certain = attempts[0] === 'required'
  if (direct && !certain)
    throw mistake('has sslnegotiation=direct', 'it needs sslmode=require or more')
  // If it were ignored, people who name an authority would think that it protects them.
  if (rootCert !== undefined && !certain)
    throw mistake('has sslrootcert', 'it needs sslmode=verify-full or verify-ca')
  if ((cert === undefined) !== (key === undefined))
    throw mistake('has sslcert or sslkey alone', 'name both files')
  return {
    attempts,
    verify: toVerify(mode, rootCert),
    direct,
    ...(rootCert !== undefined && { rootCert }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(keyPassword !== undefined && { keyPassword }),
  }
}

function readMode(setting: Setting, rootCert: string | undefined): Mode {
  const wanted = setting('sslmode') ?? (rootCert === 'system' ? 'verify-full' : 'prefer')
  const mode = modes.find(name => name === wanted)
  if (mode === undefined)
    throw mistake('has an sslmode that is none', `it is one of ${modes.join(', ')}`)
  // Anybody can get a certificate from these authorities, so the host must be verified too.
  if (rootCert === 'system' && mode !== 'verify-full')
    throw mistake('has sslrootcert=system', 'it needs sslmode=verify-full')
  return mode
}

function readDirect(setting: Setting): boolean {
  const negotiation = setting('sslnegotiation') ?? 'postgres'
  if (!/^(?:postgres|direct)$/.test(negotiation))
    throw mistake('has an sslnegotiation that is none', 'it is postgres or direct')
  return negotiation === 'direct'
}

/** If an authority is named, `require` verifies it too, as libpq has always done. */
function toVerify(mode: Mode, rootCert: string | undefined): TlsSettings['verify'] {
  if (mode === 'verify-full') return 'host'
  return mode === 'verify-ca' || (mode === 'require' && rootCert !== undefined)
    ? 'authority'
    : 'nothing'
}
