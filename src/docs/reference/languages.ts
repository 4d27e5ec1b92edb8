// An example in curl, and in TypeScript and Python as the clients that `restwell client` writes are called.

import type { Example } from './example.ts'
import { json, literal, python, typescript } from './literal.ts'

export interface Language {
  readonly id: string
  readonly name: string
  /** The text before every example, if there is any. `origin`: the address of the service. */
  readonly setUp: (origin: string, secured: boolean) => string | undefined
  readonly call: (example: Example, origin: string) => string
}

export const languages: readonly Language[] = [
  { id: 'curl', name: 'curl', setUp: curlSetUp, call: curlCall },
  { id: 'typescript', name: 'TypeScript', setUp: typescriptSetUp, call: typescriptCall },
  { id: 'python', name: 'Python', setUp: pythonSetUp, call: pythonCall },
]

function curlSetUp(_origin: string, secured: boolean): string | undefined {
  return secured ? 'export API_KEY=…' : undefined
}

function curlCall({ operation, path, query, header, body }: Example, origin: string): string {
  const { method, secured } = operation
  const fields = [
    ...(secured ? ['-H "Authorization: Bearer $API_KEY"'] : []),
    ...Object.entries(header).map(([name, value]) => `-H ${shell(`${name}: ${value}`)}`),
    ...(body
      ? [`-H ${shell(`Content-Type: ${body.type}`)}`, `-d ${shell(textOf(body.value))}`]
      : []),
  ]
  const address = shell(origin + addressOf(operation.path, path) + queryText(query))
  const start = method === 'GET' ? 'curl' : `curl -X ${method}`
  return [`${start} ${address}`, ...fields].join(' \\\n  ')
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : literal(value, json, 6))

/** A word of a shell, in quotes where it needs them. */
function shell(text: string): string {
  return /^[\w./:@%+,=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}

function addressOf(path: string, values: Example['path']): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name) => encodeURIComponent(String(values[name])))
}

function queryText(query: Example['query']): string {
  const pairs = Object.entries(query).map(
    ([name, value]) => `${name}=${encodeURIComponent(String(value))}`,
  )
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`
}

function typescriptSetUp(origin: string, secured: boolean): string {
  const token = secured ? ", token: process.env.API_KEY ?? ''" : ''
  return `import { createClient } from 'restwell-client'

const client = createClient({ baseUrl: '${origin}'${token} })`
}

function typescriptCall({ operation, path, query, header, body, isList }: Example): string {
  const params = withoutEmpty({ path, query, header })
  const init = withoutEmpty({ params, ...(body && { body: body.value }) })
  const start = `'${operation.path}'`
  const given =
    Object.keys(init).length === 0 ? '' : `, ${literal(init, typescript, 24 + start.length)}`
  const place = start + given
  if (isList) return `for await (const row of client.rows(${place})) console.log(row)`
  const call = `await client.${operation.method}(${place})`
  return hasResult(operation) ? `const { data } = ${call}` : call
}

/** Whether its success has a body. */
function hasResult({ responses }: Example['operation']): boolean {
  return Object.entries(responses).some(([status, { content }]) => status < '300' && content)
}

function withoutEmpty(value: object): object {
  return Object.fromEntries(
    Object.entries(value).filter(
      ([name, member]) => name === 'body' || Object.keys(member as object).length > 0,
    ),
  )
}

function pythonSetUp(origin: string, secured: boolean): string {
  const imports = secured ? 'import os\n\n' : ''
  const key = secured ? ', os.environ["API_KEY"]' : ''
  return `${imports}from restwell_client import connect\n\nclient = connect("${origin}"${key})`
}

function pythonCall({ operation, path, query, header, body, isList }: Example): string {
  const { operationId, tag } = operation
  const name = snakeCase(operationId)
  const model = body && (body.name ?? `${pascalCase(operationId)}Body`)
  const named = Object.entries({ ...query, ...header }).map(
    ([key, value]) => `${snakeCase(key)}=${literal(value, python)}`,
  )
  const operands = [
    ...Object.values(path).map(value => literal(value, python)),
    'client=client',
    ...named,
    ...(body && model ? [`body=${pythonBody(model, body.value)}`] : []),
  ].join(', ')
  const imports = [
    ...(isList ? ['from restwell_client import rows'] : []),
    `from restwell_client.api.${snakeCase(tag)} import ${name}`,
    ...(model ? [`from restwell_client.models import ${model}`] : []),
  ].join('\n')
  if (isList)
    return `${imports}\n\nfor row in rows(${name}.sync_detailed, ${operands}):\n    print(row)`
  const call = `${name}.sync(${operands})`
  return `${imports}\n\n${hasResult(operation) ? `result = ${call}` : call}`
}

function pythonBody(model: string, value: unknown): string {
  return `${model}.from_dict(${literal(value, python, 40)})`
}

/** The words of a name, as openapi-python-client finds them. */
function wordsOf(name: string): readonly string[] {
  const spaced = /[A-Z]/.test(name) ? name.split(/([A-Z]?[a-z]+)/).join(' ') : name
  return spaced.match(/[^\s._-]+/g) ?? []
}

/** A name as openapi-python-client writes it. */
export const snakeCase = (name: string) => wordsOf(name).join('_').toLowerCase()

const pascalCase = (name: string) =>
  wordsOf(name)
    .map(word => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')
