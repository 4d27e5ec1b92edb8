// Makes src/api.ts from the document. What it says by reference is written out first, so that an editor shows `number`
// and not the name of a filter. A list that shows fewer members than `fields` can name says so in the default of `fields`;
// types cannot be read from a default, so these members are marked as required.

import { readFileSync, writeFileSync } from 'node:fs'
import openapiTypescript, { astToString, COMMENT_HEADER } from 'openapi-typescript'
import { parse } from 'yaml'

const document = new URL('../../openapi.yaml', import.meta.url)

export async function apiTypes() {
  const { paths, components, ...rest } = parse(readFileSync(document, 'utf8'))
  for (const place of Object.values(paths).flatMap(item => [item, ...Object.values(item)])) {
    if (place.parameters !== undefined) place.parameters = writtenOut(place.parameters, components)
    if (place.operationId !== undefined) requireShown(place)
  }
  const { parameters: _, ...kept } = components
  const ast = await openapiTypescript(
    { ...rest, paths, components: kept },
    { defaultNonNullable: false },
  )
  return COMMENT_HEADER + astToString(ast)
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

if (import.meta.filename === process.argv[1])
  writeFileSync(new URL('src/api.ts', import.meta.url), await apiTypes())
