// An identity provider on loopback: its keys at an address, and tokens signed with them.

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type CryptoKey, exportJWK, generateKeyPair, type JWTHeaderParameters, SignJWT } from 'jose'
import type { Test } from 'tap'
import type { TokenSettings } from '../../src/access/access.ts'

export const issuer = 'https://id.example.com/'
export const audience = 'https://api.example.com'

export interface Provider {
  readonly settings: TokenSettings
  /** How often its keys were asked for. */
  readonly asked: () => number
  /** What it answers from now on; its keys by default. */
  readonly answer: (status: number, body?: string) => void
  /** Takes other keys from now on. */
  readonly rotate: () => Promise<void>
  readonly privateKey: () => CryptoKey
  readonly keys: () => string
}

export async function startProvider(t: Test, algorithm = 'ES256'): Promise<Provider> {
  let [asked, status, body]: [number, number, string | undefined] = [0, 200, undefined]
  let [privateKey, keys] = await makeKeys(algorithm, 'one')
  const server = createServer((_request, response) => {
    asked++
    response
      .writeHead(status, { 'content-type': 'application/json', location: '/elsewhere' })
      .end(body ?? keys)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => new Promise(resolve => server.close(resolve).closeAllConnections()))
  const keysUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`
  return {
    settings: {
      issuer,
      audience: [audience],
      keysUrl,
      algorithms: ['ES256', 'RS256', 'PS256', 'EdDSA'],
    },
    asked: () => asked,
    answer: (newStatus, newBody) => {
      status = newStatus
      body = newBody
    },
    rotate: async () => {
      ;[privateKey, keys] = await makeKeys(algorithm, 'two')
    },
    privateKey: () => privateKey,
    keys: () => keys,
  }
}

async function makeKeys(algorithm: string, kid: string): Promise<[CryptoKey, string]> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true })
  const key = { ...(await exportJWK(publicKey)), kid, use: 'sig' }
  return [privateKey, JSON.stringify({ keys: [key] })]
}

export interface Claims {
  readonly claims?: Readonly<Record<string, unknown>>
  readonly header?: Partial<JWTHeaderParameters>
  readonly key?: CryptoKey | Uint8Array
}

/** A token that is good at `now`, but for what is said otherwise. */
export function sign(
  provider: Provider,
  now: Date,
  { claims = {}, header = {}, key }: Claims = {},
): Promise<string> {
  const seconds = Math.floor(now.getTime() / 1000)
  const usual = {
    iss: issuer,
    aud: audience,
    sub: 'ada',
    iat: seconds,
    exp: seconds + 300,
    scope: 'books:read',
  }
  const payload = Object.fromEntries(
    Object.entries({ ...usual, ...claims }).filter(([, value]) => value !== undefined),
  )
  return new SignJWT(payload)
    .setProtectedHeader({ alg: 'ES256', kid: 'one', typ: 'at+jwt', ...header })
    .sign(key ?? provider.privateKey())
}
