// Makes src/api.ts from a document: a file, or the address of a service such as https://api.example.com/openapi.yaml.
// What the document says by reference is written out first, so that an editor shows `number` and not the name of a filter.
// A filter may be written as one value, too. A list that shows fewer members than `fields` can name says so in the default
// of `fields`; types cannot be read from a default, so these members are marked as required. So are those of included rows.

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
  requireIncluded(paths, components)
  const { parameters: _, ...kept } = components
  const ast = await openapiTypescript(
    { ...rest, paths, components: kept },
    { defaultNonNullable: false, emptyObjectsUnknown: true },
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
    $ref === undefined ? own : components[kind][nameIn($ref)]
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

/** A row that is included has the members that it has by itself, or those that its list shows. */
function requireIncluded(paths, { schemas, responses }) {
  const gets = Object.values(paths).flatMap(({ get }) => (get === undefined ? [] : [get]))
  const listOf = view =>
    gets.find(get => {
      const { content } = resolved(get.responses[200], responses) ?? {}
      const items = content?.['application/json']?.schema.items
      return (items?.allOf?.[0] ?? items)?.$ref === view
    })
  const own = view => {
    const members = Object.entries(schemas[nameIn(view)].properties)
    return members.filter(([, member]) => !isIncluded(member, schemas)).map(([name]) => name)
  }
  const listed = view =>
    listOf(view)?.parameters?.find(({ name }) => name === 'fields')?.schema.default ?? own(view)
  const requiring = ({ $ref }, members) => ({ allOf: [{ $ref }], required: members($ref) })
  for (const schema of Object.values(schemas)) {
    const members = Object.values(schema.properties ?? {}).map(member => resolved(member, schemas))
    for (const member of members.filter(each => each['x-included'])) {
      const { oneOf, properties } = member
      if (oneOf?.[0].$ref) oneOf[0] = requiring(oneOf[0], own)
      if (properties?.items.items.$ref)
        properties.items.items = requiring(properties.items.items, listed)
    }
  }
}

function isIncluded(member, schemas) {
  return resolved(member, schemas)['x-included'] === true
}

function resolved(schema, components) {
  return schema?.$ref === undefined ? schema : components[nameIn(schema.$ref)]
}

function nameIn(ref) {
  return ref.split('/').at(-1)
}

/** `status=open` as well as several; only `fields` and `include` stay lists, because the type of the response depends on them. */
function allowOne(parameter) {
  const { name, in: place, schema } = parameter
  const shapes = name === 'fields' || name === 'include'
  if (place !== 'query' || schema.type !== 'array' || shapes) return
  parameter.schema = { anyOf: [schema.items, schema] }
}

if (import.meta.filename === process.argv[1]) {
  const source = process.argv[2] ?? 'openapi.yaml'
  await writeFile(new URL('src/api.ts', import.meta.url), await apiTypes(source))
}
