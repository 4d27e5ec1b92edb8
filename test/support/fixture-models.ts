// The models of the fixture, and its document.

import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { documentText } from '../../src/commands/openapi.ts'
import { loadModels, type Models } from '../../src/definitions/load.ts'
import { fixture, fixtureSchemas } from './fixture.ts'

export const fixtureModels = (): Promise<Models> => loadModels(fixtureSchemas)

/** What `restwell openapi` writes for it. */
export function fixtureDocumentText(): Promise<string> {
  return documentText(parse(readFileSync(`${fixture}/service.yaml`, 'utf8')), fixtureSchemas)
}

/** A test knows what it looks for in it, and says its type. */
export async function fixtureDocument<Document>(): Promise<Document> {
  return parse(await fixtureDocumentText())
}
