// The document itself: complete, true to the routes, and free of what generators trip over.

import { Ajv2020 } from 'ajv/dist/2020.js'
import formatsPlugin from 'ajv-formats'
import t from 'tap'
import { problemMediaType } from '../src/http/problem.ts'
import { serviceOperations } from '../src/http/service.ts'
import { servedImports } from '../src/imports/imports.ts'
import { servedKeys } from '../src/keys/keys.ts'
import { formats } from '../src/resource/format.ts'
import { itemsOf } from '../src/testing/items.ts'
import { required } from './support/access.ts'
import { fixtureDocument, fixtureModels } from './support/fixture-models.ts'
import { feature } from './support/service.ts'

type Schema = Record<string, unknown>
interface Media {
  readonly schema: Schema
  readonly example?: unknown
  readonly examples?: Record<string, { readonly value: unknown }>
}

/** What a schema says of examples of it. */
interface Shown {
  readonly $ref?: string
  readonly items?: Shown
  readonly allOf?: Shown[]
  readonly examples?: unknown[]
}

type Content = Record<string, Media>

interface Described {
  readonly operationId: string
  readonly tags: string[]
  readonly summary?: string
  readonly description?: string
  readonly parameters?: Schema[]
  readonly requestBody?: { content: Content }
  readonly security?: object[]
  readonly 'x-required-scopes'?: string[]
  readonly responses: Record<
    string,
    { $ref?: string; headers?: Record<string, Schema>; content?: Content }
  >
}

interface Components {
  readonly schemas: Record<string, Schema>
  readonly parameters: Record<string, { name: string; schema: Schema; example?: unknown }>
  readonly headers: Record<string, { schema: Schema; example?: unknown }>
  readonly responses: Record<string, { content?: Content }>
}

interface Document {
  readonly info: { readonly description: string }
  readonly tags: { name: string }[]
  readonly paths: Record<string, Record<string, Described>>
  readonly components: Components
}

const document = await fixtureDocument<Document>()
const { info } = document
const { schemas, parameters, headers, responses } = document.components

const operations = Object.entries(itemsOf<Described>(document)).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({
    at: `${method.toUpperCase()} ${path}`,
    operation,
  })),
)

/** What stands there is anything at all, unless it is a name of a member or a status. */
const anyValue = /(?<!\/(?:properties|responses))\/(?:example|examples|default|enum)$/

/** Every object within, with the way to it. */
function* nodes(value: unknown, at = '#'): Generator<[at: string, node: Schema]> {
  if (typeof value !== 'object' || value === null || anyValue.test(at)) return
  if (!Array.isArray(value)) yield [at, value as Schema]
  for (const [name, member] of Object.entries(value)) yield* nodes(member, `${at}/${name}`)
}

const everything = [...nodes(document)]
const references = everything.flatMap(([at, { $ref }]) =>
  typeof $ref === 'string' ? [{ at, $ref }] : [],
)

/** Those that are referred to by `$ref`; a security scheme is named by each requirement. */
const componentKinds = Object.keys(document.components).filter(kind => kind !== 'securitySchemes')

/** Every schema, inline or component, down to the last member; maps of members by name are none. */
const allSchemas = everything.filter(
  ([at]) => /\/schema(?:\/|$)|^#\/components\/schemas\/./.test(at) && !at.endsWith('/properties'),
)

/** Every media type, of bodies and answers, in operations and components. */
const mediaTypes = everything
  .filter(([at]) => at.endsWith('/content'))
  .flatMap(([at, content]) =>
    Object.entries(content as Content).map(([type, media]) => ({ at, type, media })),
  )

function resolve($ref: string): unknown {
  const tokens = $ref.split('/').slice(1)
  return tokens.reduce<unknown>((node, token) => (node as Schema | undefined)?.[token], document)
}

/** The places of those that are found wanting: none, that is. */
function none<T>(
  list: readonly T[],
  wrong: (item: T) => unknown,
  at: (item: T) => string,
): string[] {
  return list.filter(wrong).map(at)
}

const atOf = ({ at }: { at: string }) => at
const placeOf = ([at]: readonly [string, unknown]) => at

t.test('every operation says what it is', async t => {
  t.ok(operations.length > 70)
  const ids = operations.map(({ operation }) => operation.operationId)
  t.strictSame([...new Set(ids)], ids, 'unique')
  t.strictSame(
    ids.filter(id => !/^[a-z][a-zA-Z]+$/.test(id)),
    [],
  )
  const tags = document.tags.map(({ name }) => name)
  t.strictSame(
    none(
      operations,
      ({ operation }) => operation.tags.length !== 1 || !tags.includes(operation.tags[0] ?? ''),
      atOf,
    ),
    [],
    'one of the tags',
  )
  for (const name of ['summary', 'description'] as const)
    t.strictSame(
      none(operations, ({ operation }) => !operation[name], atOf),
      [],
      name,
    )
  t.strictSame(
    new Set(operations.flatMap(({ operation }) => operation.tags)),
    new Set(tags),
    'no tag for nothing',
  )
})

/** One, or several with a name each; or else what its shape shows. */
function examplesOf({ example, examples = {}, schema }: Media): unknown[] {
  const named = Object.values(examples).map(({ value }) => value)
  const own = example === undefined ? named : [example, ...named]
  return own.length === 0 ? shownBy(schema) : own
}

/** The example of a schema, or of one that it refers to. */
function shownBy({ $ref, items, allOf = [], examples = [] }: Shown): unknown[] {
  if (items !== undefined) return shownBy(items).map(item => [item])
  const others = [...($ref === undefined ? [] : [resolve($ref) as Shown]), ...allOf]
  return [...examples, ...others.flatMap(shownBy)]
}

t.test('every body and every answer has an example', async t => {
  t.ok(mediaTypes.length > 100)
  t.strictSame(
    none(mediaTypes, ({ media }) => examplesOf(media).length === 0, atOf),
    [],
  )
})

const ajv = new Ajv2020({ strict: false, allErrors: true })
formatsPlugin.default(ajv)
ajv.addFormat('date-time', formats['date-time'].check)
ajv.addSchema({ $id: 'document', components: document.components } as Schema)

/** What is wrong with a value under a schema of the document; '' for nothing. */
function mistakes(schema: Schema, value: unknown): string {
  const validate = ajv.compile(
    JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"document#/components/')),
  )
  return validate(value) ? '' : `${JSON.stringify(value)} ${ajv.errorsText(validate.errors)}`
}

t.test('every schema is one (JSON Schema 2020-12)', async t => {
  const wrong = allSchemas.filter(([, schema]) => !ajv.validateSchema(schema))
  t.strictSame(
    wrong.map(([at]) => at),
    [],
  )
  t.notOk(ajv.validateSchema({ minLength: -1 }), 'and what is none would be found')
})

t.test('every example is valid', async t => {
  const examples: [at: string, schema: Schema, value: unknown][] = [
    ...mediaTypes.flatMap(({ at, type, media }): [string, Schema, unknown][] =>
      examplesOf(media).map(example => [`${at} ${type}`, media.schema, example]),
    ),
    ...[
      ...Object.entries(headers),
      ...everything.filter(([at]) => /\/parameters\/\w+$/.test(at)),
    ].flatMap(([at, { schema, example }]): [string, Schema, unknown][] =>
      example === undefined ? [] : [[at, schema as Schema, example]],
    ),
    ...allSchemas.flatMap(([at, schema]): [string, Schema, unknown][] =>
      ((schema.examples ?? []) as unknown[]).map(value => [at, schema, value]),
    ),
    ...allSchemas.flatMap(([at, schema]): [string, Schema, unknown][] =>
      schema.default === undefined ? [] : [[`${at}/default`, schema, schema.default]],
    ),
  ]
  t.ok(examples.length > 200)
  t.strictSame(
    examples
      .map(([at, schema, value]) => ({ at, wrong: mistakes(schema, value) }))
      .filter(({ wrong }) => wrong !== ''),
    [],
  )
})

t.test('every reference leads somewhere, and every component is referred to', async t => {
  t.ok(references.length > 500)
  t.strictSame(
    none(
      references,
      ({ $ref }) => !$ref.startsWith('#/components/') || resolve($ref) === undefined,
      atOf,
    ),
    [],
  )
  t.strictSame(
    none(
      everything,
      ([, node]) => typeof node.$ref === 'string' && Object.keys(node).length > 1,
      placeOf,
    ),
    [],
    'nothing stands beside a $ref, where readers ignore it',
  )
  const schemes = operations
    .flatMap(({ operation }) => operation.security ?? [])
    .flatMap(Object.keys)
  const used = new Set([
    ...references.map(({ $ref }) => $ref),
    ...schemes.map(name => `#/components/securitySchemes/${name}`),
  ])
  const components = Object.entries(document.components).flatMap(([kind, named]) =>
    Object.keys(named).map(name => `#/components/${kind}/${name}`),
  )
  t.strictSame(
    components.filter(component => !used.has(component)),
    [],
  )
})

/** A component or null, which no list of types can say: generators make one type of it that may be null. */
function isRowOrNull({ oneOf }: Schema): boolean {
  const [row, none, ...others] = oneOf as Schema[]
  return row?.$ref !== undefined && none?.type === 'null' && others.length === 0
}

t.test('schemas are named, and said in the plainest way', async t => {
  t.strictSame(
    componentKinds.flatMap(kind =>
      Object.keys(resolve(`#/components/${kind}`) as Schema).filter(
        name => !/^[A-Z][a-zA-Z0-9]*$/.test(name),
      ),
    ),
    [],
    'no def-0',
  )
  t.ok(allSchemas.length > 700)
  for (const keyword of [
    'title',
    '$id',
    '$schema',
    'nullable',
    'const',
    'example',
    'anyOf',
    'definitions',
    '$defs',
  ])
    t.strictSame(
      none(allSchemas, ([, schema]) => keyword in schema, placeOf),
      [],
      `no ${keyword}`,
    )
  t.strictSame(
    none(
      allSchemas,
      ([, schema]) => 'oneOf' in schema && !('discriminator' in schema) && !isRowOrNull(schema),
      placeOf,
    ),
    [],
    'a choice says what tells its parts from each other',
  )
  t.strictSame(
    none(allSchemas, ([at, { type }]) => type === 'null' && !at.endsWith('/oneOf/1'), placeOf),
    [],
    "what may be null has a list of types, [string, 'null']",
  )
  const nullable = allSchemas.filter(([, { type }]) => Array.isArray(type))
  t.ok(nullable.length > 50)
  t.strictSame(
    none(
      nullable,
      ([, { type }]) => (type as string[]).length !== 2 || (type as string[])[1] !== 'null',
      placeOf,
    ),
    [],
  )
})

/** A schema without its words: what two copies have in common. */
function bare(schema: Schema): string {
  return JSON.stringify(schema, (name, value) =>
    /^(?:description|examples)$/.test(name) ? undefined : value,
  )
}

t.test('nothing that is a component is written out again', async t => {
  const known = new Set(Object.values(schemas).map(bare))
  const inline = allSchemas.filter(
    ([at, { type }]) => type === 'object' && !/^#\/components\/schemas\/\w+$/.test(at),
  )
  t.strictSame(
    none(inline, ([, schema]) => known.has(bare(schema)), placeOf),
    [],
  )
  t.strictSame(
    none(
      everything,
      ([at, { $ref }]) => /^#\/paths\/.*\/headers\/\w[\w-]*$/.test(at) && !$ref,
      placeOf,
    ),
    [],
    'header fields are components',
  )
  const shared = new Set(Object.values(parameters).map(parameter => JSON.stringify(parameter)))
  t.strictSame(
    none(
      everything,
      ([at, node]) => /\/parameters\/\d+$/.test(at) && shared.has(JSON.stringify(node)),
      placeOf,
    ),
    [],
    'and so are parameters that several operations have',
  )
  t.strictSame(
    none(
      mediaTypes,
      ({ at, media }) =>
        at.startsWith('#/paths/') && /"(?:properties|enum)"/.test(JSON.stringify(media.schema)),
      atOf,
    ),
    [],
    'bodies and answers too',
  )
})

t.test('each of its descriptions can stand alone', async t => {
  const begins =
    /^(?:Returns|Creates|Replaces|Changes|Deletes|Cancels|Issues|Revokes|Tells|Count) .+\.$/s
  t.strictSame(
    none(operations, ({ operation }) => !begins.test(operation.description ?? ''), atOf),
    [],
    'it begins with what the operation does',
  )
  const scopes = operations.flatMap(({ at, operation }) =>
    (operation['x-required-scopes'] ?? []).map(scope => ({
      at,
      scope,
      description: operation.description ?? '',
    })),
  )
  t.ok(scopes.length > 70)
  t.strictSame(
    none(scopes, ({ scope, description }) => !description.endsWith(`Scope: \`${scope}\`.`), atOf),
    [],
    'and ends with the scope that it needs',
  )
  t.notMatch(
    info.description,
    /Execute|this page/,
    'nor does the introduction speak of one renderer',
  )
})

t.test('a list below a parent takes no filter for the parent', async t => {
  const query = operations.flatMap(({ at, operation }) =>
    (operation.parameters ?? [])
      .map(parameter =>
        parameter.$ref === undefined ? parameter : (resolve(String(parameter.$ref)) as Schema),
      )
      .filter(parameter => parameter.in === 'query')
      .map(parameter => ({
        at,
        name: String(parameter.name),
        path: at.split('/{')[1]?.split('}')[0],
      })),
  )
  t.ok(query.length > 200)
  t.strictSame(
    none(
      query,
      ({ name, path }) => path !== undefined && (name === path || name.startsWith(`${path}_`)),
      atOf,
    ),
    [],
  )
})

/** A bound on what readers, browsers and models of languages take in: what several places say is said once. */
const bytesPerOperation = 2600

t.test('it is small for what it says', async t => {
  const bytes = JSON.stringify(document).length
  t.ok(
    bytes <= bytesPerOperation * operations.length,
    `${Math.ceil(bytes / operations.length)} bytes per operation`,
  )
})

t.test('every refusal is a problem', async t => {
  const refusals = operations.flatMap(({ at, operation }) =>
    Object.entries(operation.responses)
      .filter(([status]) => !/^[23]\d\d$/.test(status))
      .map(([status, response]) => ({ at: `${at} ${status}`, response })),
  )
  t.ok(refusals.length > 300)
  t.strictSame(
    none(refusals, ({ response: { $ref } }) => !$ref?.startsWith('#/components/responses/'), atOf),
    [],
  )
  const names = new Set(refusals.map(({ response: { $ref } }) => String($ref?.split('/').at(-1))))
  t.ok(names.size > 4)
  for (const name of names) {
    const { content = {} } = responses[name] ?? {}
    t.strictSame(Object.keys(content), [problemMediaType], name)
    t.strictSame(content[problemMediaType]?.schema, { $ref: '#/components/schemas/Problem' }, name)
  }
  t.strictSame(
    none(operations, ({ operation }) => operation.responses.default === undefined, atOf),
    [],
  )
})

t.test('the document has the operations of the tables, and no other', async t => {
  const { operations: ofModels, keyModel, importModel } = await fixtureModels()
  const ofResources = [
    ...ofModels,
    ...servedImports(importModel).operations,
    ...servedKeys(keyModel, { resources: [] }).operations,
  ]
  const tables = [
    ...ofResources.map(({ id, method, path }) => `${id} ${method} ${path}`),
    ...serviceOperations.map(({ id, path }) => `${id} GET ${path}`),
  ]
  t.strictSame(
    operations.map(({ at, operation }) => `${operation.operationId} ${at}`).sort(),
    tables.sort(),
  )
})

/** The addresses of Fastify's tree, parameters as `{}`; a line is as deep as it is indented. */
function treeToPaths(tree: string): string[] {
  const above: string[] = []
  return tree.split('\n').flatMap(line => {
    const [, indent, piece] = /^(.*?)[└├]── (\S+)/.exec(line) ?? []
    if (indent === undefined || piece === undefined) return []
    const depth = indent.length / 4
    above[depth] = (above[depth - 1] ?? '') + piece.replace(/:[\w|:]+/, '{}')
    return line.endsWith(')') ? [above[depth]] : []
  })
}

feature(
  'every address that is served is in the document, with its methods',
  async (t, { app, request }) => {
    const paths = treeToPaths(app.printRoutes({ commonPrefix: false }))
    const served = paths.filter(path => !/^\/(?:docs|reference|console|openapi\.)/.test(path))
    const documented = new Map(
      Object.entries(itemsOf(document)).map(([path, item]) => [
        path.replaceAll(/\{\w+\}/g, '{}'),
        item,
      ]),
    )
    t.strictSame(served.sort(), [...documented.keys()].sort())
    for (const path of served) {
      const { headers } = await request('OPTIONS', path.replaceAll('{}', '1'))
      const allowed = headers.allow
        ?.split(', ')
        .filter(method => method !== 'HEAD' && method !== 'OPTIONS')
      const methods = Object.keys(documented.get(path) ?? {}).map(method => method.toUpperCase())
      t.strictSame(allowed?.sort(), methods.sort(), path)
    }
  },
  { access: required },
)

feature(
  'an open service without limits documents no refusal of callers',
  async (t, { document: served }) => {
    const open = (served as unknown as Document).components.responses.OtherProblem
    const statusesOf = ({ content }: { content?: Content } = {}) =>
      Object.values(content?.[problemMediaType]?.examples ?? {}).map(
        ({ value }) => (value as Schema).status,
      )
    const all = statusesOf(responses.OtherProblem)
    for (const status of [401, 403, 429]) t.ok(all.includes(status))
    t.strictSame(
      statusesOf(open),
      all.filter(status => status !== 401 && status !== 403 && status !== 429),
    )
  },
)
