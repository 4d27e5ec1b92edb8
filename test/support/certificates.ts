// Certificates (RFC 5280) of an authority of the tests' own, made anew for each run: nothing need be installed for it.

import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { isIP } from 'node:net'

export interface Certificate {
  /** PEM. */
  readonly cert: string
  readonly key: string
}

export interface Wanted {
  /** The common name. */
  readonly name: string
  /** What it is for: names and IPv4 addresses. */
  readonly hosts?: readonly string[]
  /** In days from now; 1 by default. */
  readonly end?: number
}

export class Authority {
  readonly cert: string
  readonly #name: string
  readonly #key: KeyObject

  constructor(name: string) {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    this.#name = name
    this.#key = privateKey
    const isAuthority = extension('2.5.29.19', sequence(tlv(0x01, Buffer.from([255]))))
    this.cert = this.#sign({ name }, publicKey, [isAuthority])
  }

  issue(wanted: Wanted): Certificate {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const { hosts = [] } = wanted
    const names = hosts.map(host =>
      isIP(host) === 4
        ? tlv(0x87, Buffer.from(host.split('.').map(Number)))
        : tlv(0x82, Buffer.from(host)),
    )
    const extensions = hosts.length === 0 ? [] : [extension('2.5.29.17', sequence(...names))]
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    return { cert: this.#sign(wanted, publicKey, extensions), key }
  }

  #sign({ name, end = 1 }: Wanted, publicKey: KeyObject, extensions: readonly Buffer[]): string {
    const algorithm = sequence(identifier('1.2.840.10045.4.3.2'))
    const day = 86_400_000
    const body = sequence(
      tlv(0xa0, tlv(0x02, Buffer.from([2]))),
      tlv(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
      algorithm,
      distinguishedName(this.#name),
      sequence(time(Date.now() - 10 * day), time(Date.now() + end * day)),
      distinguishedName(name),
      publicKey.export({ type: 'spki', format: 'der' }),
      ...(extensions.length === 0 ? [] : [tlv(0xa3, sequence(...extensions))]),
    )
    const signature = tlv(0x03, Buffer.from([0]), sign('sha256', body, this.#key))
    const text = sequence(body, algorithm, signature).toString('base64')
    return `-----BEGIN CERTIFICATE-----\n${text.replace(/.{64}(?=.)/g, '$&\n')}\n-----END CERTIFICATE-----\n`
  }
}

/** In DER (X.690): what it is, how long, and the content. */
function tlv(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents)
  const { length } = content
  const size =
    length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}

function sequence(...contents: readonly Buffer[]): Buffer {
  return tlv(0x30, ...contents)
}

function identifier(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number)
  return tlv(0x06, Buffer.from([40 * first + second, ...rest.flatMap(base128)]))
}

function base128(number: number): number[] {
  const digits = [number & 127]
  for (let left = number >> 7; left > 0; left >>= 7) digits.unshift((left & 127) | 128)
  return digits
}

function distinguishedName(name: string): Buffer {
  return sequence(tlv(0x31, sequence(identifier('2.5.4.3'), tlv(0x0c, Buffer.from(name)))))
}

function time(milliseconds: number): Buffer {
  return tlv(
    0x17,
    Buffer.from(`${new Date(milliseconds).toISOString().replace(/\D/g, '').slice(2, 14)}Z`),
  )
}

function extension(name: string, value: Buffer): Buffer {
  return sequence(identifier(name), tlv(0x04, value))
}
