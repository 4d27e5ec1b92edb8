// Makes src/api.ts from a document: a file, or the address of a service such as https://api.example.com/openapi.yaml.
// What the document says by reference is written out first, so that an editor shows `number` and not the name of a filter.
// A filter may be written as one value, too. A list that shows fewer members than `fields` can name says so in the default
// of `fields`; types cannot be read from a default, so these members are marked as required.

import { readFile, writeFile } from 'node:fs/promises'
import openapiTypescript, { astToString, COMMENT_HEADER } from 'openapi-typescript'
import { parse } from 'yaml'

/** `source`: a file or an address. */
export async function apiTypes(source) {
  const { paths, components, ...rest } = parse(await textOf(source))
  for (const place of Object.values(paths).flatMap(item => [item, ...Object.values(item)])) {
    if (place.parameters !== undefined) place.parameters = writtenOut(place.parameters, components)
    if (place.operationId !== undefined) requireShown(place)
    for (const parameter of place.parameters ?? []) allowOne(parameter)
  }
  const { parameters: _, ...kept } = components
  const ast = await openapiTypescript(
    { ...rest, paths, components: kept },
    { defaultNonNullable: false },
  )
  return COMMENT_HEADER + astToString(ast)
}

async function textOf(source) {
  if (!/^https?:/.test(source)) return readFile(source, 'utf8')
  const response = await fetch(source)
  if (!response.ok) throw new Error(`${source} returned ${response.status}`)
  return response.text()
}

function writtenOut(parameters, components) {
  const resolve = ({ $ref, ...own }, kind) =>
    $ref === undefined ? own : components[kind][$ref.split('/').at(-1)]
  return parameters
    .map(parameter => resolve(parameter, 'parameters'))
    .map(parameter => ({ ...parameter, schema: resolve(parameter.schema, 'schemas') }))
}

/** What a list shows when it is not asked for other members. */
function requireShown({ parameters = [], responses }) {
  const shown = parameters.find(({ name }) => name === 'fields')?.schema.default
  if (shown === undefined) return
  const { schema } = responses[200].content['application/json']
  schema.items = { allOf: [schema.items], required: shown }
}

/** `status=open` as well as several; only `fields` stays a list, because the type of the response depends on it. */
function allowOne(parameter) {
  const { name, in: place, schema } = parameter
  if (place !== 'query' || schema.type !== 'array' || name === 'fields') return
  parameter.schema = { anyOf: [schema.items, schema] }
}

if (import.meta.filename === process.argv[1]) {
  const source = process.argv[2] ?? 'openapi.yaml'
  await writeFile(new URL('src/api.ts', import.meta.url), await apiTypes(source))
}
