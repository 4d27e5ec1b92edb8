// Passwords are stored as hashes by scrypt (RFC 7914), in the PHC string format: `$scrypt$ln=14,r=8,p=5$<salt>$<hash>`.

import { randomBytes, scrypt, scryptSync, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

interface Cost {
  /** The logarithm of N, to the base of 2. */
  readonly ln: number
  readonly r: number
  readonly p: number
}

/** The minimum that OWASP recommends, in the form that takes the least memory: 16 MiB. */
const cost: Cost = { ln: 14, r: 8, p: 5 }

/** In bytes, what checking a hash may take; a hash of a greater cost is none of ours. */
const maxMemory = 64 * 1024 * 1024

const hashLength = 32

const derive = promisify<string, Buffer, number, object, Buffer>(scrypt)

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  return toText(salt, await derive(normal(password), salt, hashLength, options(cost)))
}

/** The same for code that cannot wait; nothing else runs meanwhile. */
export function hashPasswordSync(password: string): string {
  const salt = randomBytes(16)
  return toText(salt, scryptSync(normal(password), salt, hashLength, options(cost)))
}

function toText(salt: Buffer, hash: Buffer): string {
  return `$scrypt$ln=${cost.ln},r=${cost.r},p=${cost.p}$${text(salt)}$${text(hash)}`
}

/** Whether this is the password of a stored hash. It takes about a tenth of a second, outside of the event loop. */
export async function verifyPassword(password: string, stored: string | null): Promise<boolean> {
  const { salt, hash, cost } = parse(stored)
  const found = await derive(normal(password), salt, hash.length, options(cost))
  return timingSafeEqual(found, hash)
}

/** The same for code that cannot wait, such as an action; nothing else runs meanwhile. */
export function verifyPasswordSync(password: string, stored: string | null): boolean {
  const { salt, hash, cost } = parse(stored)
  return timingSafeEqual(scryptSync(normal(password), salt, hash.length, options(cost)), hash)
}

/** The same password may be typed in several forms of Unicode. */
function normal(password: string): string {
  return password.normalize('NFKC')
}

function options({ ln, r, p }: Cost) {
  return { N: 2 ** ln, r, p, maxmem: maxMemory }
}

function text(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '')
}

interface Hashed {
  readonly cost: Cost
  readonly salt: Buffer
  readonly hash: Buffer
}

/** No password has it, and it takes as long as another: whether there is a password must not be told by the time. */
const nobody: Hashed = { cost, salt: randomBytes(16), hash: randomBytes(hashLength) }

function parse(stored: string | null): Hashed {
  const [, ln, r, p, salt = '', hash = ''] =
    /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([\w+/]{22,})\$([\w+/]{43,})$/.exec(
      stored ?? '',
    ) ?? []
  if (ln === undefined) return nobody
  return {
    cost: { ln: Number(ln), r: Number(r), p: Number(p) },
    salt: Buffer.from(salt, 'base64'),
    hash: Buffer.from(hash, 'base64'),
  }
}
