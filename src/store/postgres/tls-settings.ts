// How the way to a PostgreSQL server is encrypted, and what its certificate must prove: `sslmode` and the keywords
// beside it, as libpq has them (PostgreSQL documentation, "SSL Support").

import { mistake, type Setting } from './keywords.ts'

const modes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const

type Mode = (typeof modes)[number]

/** One attempt to connect: without TLS, with it where the server has it, or not without. */
export type Encryption = 'none' | 'offered' | 'required'

export interface TlsSettings {
  /** What is tried, one after the other where a server refuses the way it was asked. */
  readonly attempts: readonly Encryption[]
  /** What is proved: nothing, that a known authority made the certificate, or that it is for this host too. */
  readonly verify: 'nothing' | 'authority' | 'host'
  /** Whether TLS begins at once, without asking for it in the clear (PostgreSQL 17). */
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
  // Where it would be passed over, whoever names an authority would think that they are protected by it.
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
  // Anybody can have a certificate of these authorities; what counts is for which host.
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

/** With an authority named, `require` proves it too: libpq has always done so. */
function toVerify(mode: Mode, rootCert: string | undefined): TlsSettings['verify'] {
  if (mode === 'verify-full') return 'host'
  return mode === 'verify-ca' || (mode === 'require' && rootCert !== undefined)
    ? 'authority'
    : 'nothing'
}
