// Files of definitions that cannot be loaded, or have a mistake: told with the line, and the lines around it.

import { relative } from 'node:path'
import t, { type Test } from 'tap'
import { loadModels } from '../../src/definitions/load.ts'
import { withLine } from '../../src/definitions/loading-mistake.ts'

const head = `import { Type } from '@sinclair/typebox'
import { resource } from '${import.meta.resolve('../../src/resource/resource.ts')}'
`

async function messageOf(t: Test, files: Record<string, string>): Promise<string> {
  const folder = t.testdir(files)
  const message = await loadModels(folder).then(
    () => 'no mistake',
    (error: Error) => error.message,
  )
  return message.replaceAll(`${relative('.', folder)}/`, '').replaceAll(`${folder}/`, '')
}

const broken: [name: string, files: Record<string, string>, told: string][] = [
  [
    'syntax that ends early',
    { 'pages.ts': "export const pages = resource(\n\n  'pages',\n" },
    "pages.ts:3: cannot be loaded: Expression expected\n      1 | export const pages = resource(\n      2 | \n    > 3 |   'pages',",
  ],
  [
    'an enum of TypeScript',
    { 'pages.ts': '// Pages\nenum Size { S, M }\n' },
    "pages.ts:2:1: cannot be loaded: TypeScript enum is not supported in strip-only mode; write Enum(['open', 'done'])\n" +
      '      1 | // Pages\n    > 2 | enum Size { S, M }\n        | ^',
  ],
  [
    'an import without its ending',
    {
      'pages.ts': "import { size } from './_size'\nexport const a = size\n",
      '_size.ts': 'export const size = 1',
    },
    "pages.ts:1: cannot be loaded: Cannot find module '_size' imported from pages.ts; an import ends in .ts\n    > 1 | import { size } from './_size'",
  ],
  [
    'a package that is not installed',
    { 'pages.ts': "\nimport x from 'not-installed'\nexport const a = x\n" },
    "pages.ts:2: cannot be loaded: Cannot find package 'not-installed' imported from pages.ts\n",
  ],
  [
    'an import of what is not exported',
    {
      'pages.ts': "import { Sise } from './_size.ts'\nexport const a = Sise\n",
      '_size.ts': 'export const size = 1',
    },
    "pages.ts:1:10: cannot be loaded: The requested module './_size.ts' does not provide an export named 'Sise'; a type is imported by `import type`",
  ],
  [
    'a name that is declared twice',
    { 'pages.ts': `${head}const size = 1\nexport const size = 2\n` },
    "pages.ts:4:14: cannot be loaded: Identifier 'size' has already been declared\n",
  ],
  [
    'an exception while it is loaded',
    { 'pages.ts': `${head}export const pages = resource('pages', Type.Objekt({}), {})\n` },
    'pages.ts:3:45: cannot be loaded: Type.Objekt is not a function\n',
  ],
]

for (const [name, files, told] of broken)
  t.test(`a file that cannot be loaded is told with line, column and source: ${name}`, async t => {
    const expected = `The resources have a mistake:\n  ${told}`
    t.equal((await messageOf(t, files)).slice(0, expected.length), expected)
  })

const resourceOf = (name: string, fields = '') =>
  `resource('${name}', Type.Object({ text: Type.String(), ${fields} }), { description: 'All' })`

t.test('definitions may be in folders, beside files that help them', async t => {
  const folder = t.testdir({
    'text.ts': `${head}export const text = Type.String()`,
    'all.ts': `export { pages } from './shop/pages.ts'\nexport { books as volumes } from './books.ts'`,
    'books.ts': `import { version } from 'typescript'\n${head}export const books = ${resourceOf('books', 'isbn: Type.String({ description: version })')}`,
    'books.test.ts': 'throw new Error("A test is not loaded.")',
    shop: {
      'pages.ts': `${head}import { text } from '../text.ts'
import { books } from '../books.ts'
export default ${resourceOf('covers', 'text')}
export const pages = ${resourceOf('pages', '[books.name]: text')}`,
    },
  })
  const { models } = await loadModels(folder)
  t.strictSame(models.map(({ name, file }) => [name, relative(folder, file)]).sort(), [
    ['books', 'books.ts'],
    ['covers', 'shop/pages.ts'],
    ['pages', 'shop/pages.ts'],
  ])
})

t.test('a resource that no file exports is told', async t => {
  const files = {
    'pages.ts': `${head}const pages = ${resourceOf('pages')}\nexport const size = pages.name`,
    'books.ts': `${head}export const books = ${resourceOf('books')}`,
  }
  t.equal(
    await messageOf(t, files),
    "The resources have a mistake:\n  pages.ts:3: 'pages' is not exported; write export const",
  )
})

const definition = (fields: string, options: string) => `${head}
const note = { title: 'x' }

export const pages = resource(
  'pages',
  Type.Object({
    title: Type.String({ maxLength: 5 }),
    size: Type.Integer(),
${fields}
  }),
  {
    description: 'Pages',
    sample: [{ title: 'x', size: 1 }, note],
${options}
  },
)
`

const mistakes: [name: string, fields: string, options: string, told: string][] = [
  [
    'a field',
    '    code: Type.String({ maxlength: 5 }),',
    '',
    "pages.ts:11: code has maxlength, which is not known; did you mean 'maxLength'?",
  ],
  [
    'a member of a field',
    '    size2: Type.Object({ a: Type.Any() }),',
    '',
    'pages.ts:11: size2/a must be a string',
  ],
  [
    'an option',
    '',
    "    uniqe: ['title'],",
    "pages.ts:6: has uniqe, which is not known in the options of a resource; did you mean 'unique'?",
  ],
  [
    'the form of an option',
    '',
    "    unique: 'title',",
    'pages.ts:16: unique must be a list of fields',
  ],
  [
    'a field that is not there',
    '',
    "    listed: ['titel'],",
    "pages.ts:6: titel is named in listed, but there is no such field; did you mean 'title'?",
  ],
  [
    'the fields, not the sample rows',
    '',
    "    key: 'title',",
    'pages.ts:9: title is the key, so it needs a minLength of at least 1',
  ],
]

for (const [name, fields, options, told] of mistakes)
  t.test(
    `a mistake is told with the line of its field or option, else of the resource: ${name}`,
    async t => {
      t.match(
        await messageOf(t, { 'pages.ts': definition(fields, options) }),
        `The resources have a mistake:\n  ${told}`,
      )
    },
  )

t.test('a mistake that is about no file, or one that is not there, is told as it is', async t => {
  for (const mistake of ['There are no resources.', 'gone.ts: title is unknown'])
    t.equal(
      withLine(mistake, () => 1),
      mistake,
    )
})
