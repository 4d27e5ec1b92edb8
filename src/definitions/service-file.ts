// The description of a service as a whole: `service.yaml`, beside the folder of the definitions.

import { readFile } from 'node:fs/promises'
import { type Static, Type } from '@sinclair/typebox'
import type { About } from '../http/about.ts'
import { decodeText } from '../text-file.ts'
import { parseYamlFile, refuseFile } from '../validation/yaml-file.ts'

const text = Type.String({ minLength: 1, maxLength: 200 })
const address = Type.String({ format: 'uri' })
const closed = { additionalProperties: false }

const contactShape = Type.Object(
  {
    name: Type.Optional(text),
    url: Type.Optional(address),
    email: Type.Optional(Type.String({ format: 'email' })),
  },
  closed,
)

const licenseShape = Type.Object(
  { name: text, identifier: Type.Optional(text), url: Type.Optional(address) },
  closed,
)

const serverShape = Type.Object(
  {
    url: Type.String({ format: 'uri', pattern: '^https?://' }),
    description: Type.Optional(text),
  },
  closed,
)

const fileShape = Type.Object(
  {
    title: Type.Optional(text),
    version: Type.Optional(text),
    description: Type.Optional(Type.String({ minLength: 1 })),
    termsOfService: Type.Optional(address),
    contact: Type.Optional(contactShape),
    license: Type.Optional(licenseShape),
    servers: Type.Optional(Type.Array(serverShape)),
  },
  closed,
)

/** Throws an Error that names every mistake's member. */
export async function readServiceFile(file: string): Promise<Partial<About>> {
  return parseServiceFile(file, decodeText(file, await readFile(file)))
}

/** `file` is the name that mistakes are reported with. */
export function parseServiceFile(file: string, content: string): Partial<About> {
  if (content.trim() === '') return {}
  const said = parseYamlFile(file, content, fileShape) as Static<typeof fileShape>
  const { identifier, url } = said.license ?? {}
  // OpenAPI 3.1 §4.8.4
  if (identifier !== undefined && url !== undefined)
    refuseFile(file, ['license has either an identifier or a url'])
  return said
}
