// The TypeScript of the reference compiles strictly, with the client that this repository ships.

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import t from 'tap'
import ts from 'typescript'
import { parse } from 'yaml'
import { operationsOf, type ReadDocument } from '../../src/docs/reference/described.ts'
import { exampleOf } from '../../src/docs/reference/example.ts'
import { languages } from '../../src/docs/reference/languages.ts'

const origin = 'http://127.0.0.1:3000'

/** Each example stands alone, after what the reference says comes before. */
function program(): string {
  const document: ReadDocument = parse(readFileSync('openapi.yaml', 'utf8'))
  const language = languages.find(({ id }) => id === 'typescript')
  if (language === undefined) throw new Error('There is no TypeScript.')
  const calls = operationsOf(document).map(operation => {
    const call = language.call(exampleOf(document, operation), origin)
    const result = call.startsWith('const { data }') ? '\n  return data' : ''
    return `export async function ${operation.operationId}() {\n  ${call}${result}\n}`
  })
  t.ok(calls.length > 80)
  const setUp = language.setUp(origin, true)?.replace("'restwell-client'", "'../src/client.ts'")
  return [setUp, ...calls].join('\n\n')
}

t.test('every example compiles', async t => {
  const { config } = ts.readConfigFile('clients/typescript/tsconfig.json', ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, 'clients/typescript')
  const file = resolve('clients/typescript/examples/reference.ts')
  const text = program()
  const host = ts.createCompilerHost(options)
  const { readFile, fileExists } = host
  host.readFile = name => (name === file ? text : readFile(name))
  host.fileExists = name => name === file || fileExists(name)
  const checked = { ...options, types: ['node'], noEmit: true, rootDir: resolve('.') }
  const compiled = ts.createProgram([file], checked, host)
  const found = ts.getPreEmitDiagnostics(compiled, compiled.getSourceFile(file))
  const said = found.map(({ start = 0, messageText }) => {
    const line = text.slice(0, start).split('\n').length
    return `${line}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`
  })
  t.strictSame(said, [])
})
