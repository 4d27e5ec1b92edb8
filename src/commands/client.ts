// `client`: writes a package that calls the project's service, or any other one, from its document.

import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { parse } from 'yaml'
import type { Described } from './client-language.ts'
import { writePython } from './client-python.ts'
import { writeTypescript } from './client-typescript.ts'
import { type CommandCall, UsageError } from './command.ts'
import { documentText } from './openapi.ts'

/** Each writes its files into the folder, and says what to run there. */
const languages = { typescript: writeTypescript, python: writePython } as const

export async function client({ operands, options, about }: CommandCall): Promise<void> {
  const [language = '', folder, source, ...more] = operands
  if (!isLanguage(language) || folder === undefined || more.length > 0)
    throw new UsageError(
      'client takes typescript or python, a folder, and the document if it is another one.',
    )
  const text = source === undefined ? await documentText(about) : await textOf(source)
  const document = requireDocument(text, source)
  await requireEmpty(folder, options.overwrite === true)
  const name = basename(resolve(folder))
    .toLowerCase()
    .replace(/[^a-z\d]+/g, '-')
  await writeFile(join(folder, 'openapi.yaml'), text)
  const next = await languages[language](folder, name, document)
  console.log(`${folder} has the client; now run there: ${next}`)
}

function isLanguage(name: string): name is keyof typeof languages {
  return Object.hasOwn(languages, name)
}

async function textOf(source: string): Promise<string> {
  if (!/^https?:\/\//.test(source)) return readFile(source, 'utf8')
  const response = await fetch(source)
  if (!response.ok) throw new Error(`${source} returned ${response.status}.`)
  return response.text()
}

/** An Error says so if the text is something else, such as a page. */
function requireDocument(text: string, source = 'the document'): Described {
  const document = parsed(text)
  if (document?.openapi?.startsWith('3.1') && document.components?.schemas?.Problem !== undefined)
    return document
  throw new Error(`${source} is not the OpenAPI document of a service that Restwell serves.`)
}

function parsed(text: string) {
  try {
    return parse(text)
  } catch {
    return undefined
  }
}

async function requireEmpty(folder: string, overwrite: boolean): Promise<void> {
  await mkdir(folder, { recursive: true })
  if (!overwrite && (await readdir(folder)).length > 0)
    throw new Error(`${folder} is not empty; --overwrite replaces the files of a client.`)
}
