// The document as Swagger UI gets it: with a welcome, with links to the reference and the rows, and with the parameters of
// each operation in the order in which a person fills them in. It shows those of the address last, where the address
// itself would come after all filters.

import type { Components } from './components.ts'
import { welcome } from './introduction.ts'
import { anyOrigin } from './servers.ts'

type ShownParameter = { readonly $ref?: string; readonly in?: string }
type Item = Readonly<Record<string, object>>

interface Shown {
  readonly info: { readonly description?: string }
  readonly tags: readonly { readonly name: string; readonly description: string }[]
  readonly paths: Readonly<Record<string, Item>>
  readonly components: Pick<Components, 'parameters'>
}

/** `linked`: whether the rows of a resource are shown at its address. */
export function pageDocument<T extends Shown>(document: T, linked: boolean): T {
  const { info, tags, paths, components } = document
  const items = Object.entries(paths).map(([path, item]) => [
    path,
    withOwnParameters(withLinks(item, linked, paths), components),
  ])
  return {
    ...document,
    info: { ...info, description: welcome + info.description },
    tags: linked ? tags.map(tag => withRows(tag, paths)) : tags,
    paths: Object.fromEntries(items),
  }
}

/** With a link to its rows. */
function withRows<T extends { readonly name: string }>(tag: T, paths: Shown['paths']) {
  if (paths[`/${tag.name}`] === undefined) return tag
  return { ...tag, externalDocs: { description: 'Rows', url: `${anyOrigin}/${tag.name}` } }
}

interface Linked {
  readonly operationId: string
  readonly tags: readonly string[]
  readonly description?: string
}

/** One click leads from an operation to its page of the reference, and to the rows of its resource. */
function withLinks({ parameters, ...methods }: Item, linked: boolean, paths: Shown['paths']): Item {
  const described = Object.entries(methods).map(([method, operation]) => {
    const { operationId, tags, description = '' } = operation as Linked
    const [tag = ''] = tags
    const links = [
      `[Reference](${anyOrigin}/reference/${tag}#${operationId})`,
      ...(linked && paths[`/${tag}`] ? [`[Rows](${anyOrigin}/${tag})`] : []),
    ]
    return [method, { ...operation, description: `${description}\n\n${links.join(' · ')}` }]
  })
  return { ...(parameters && { parameters }), ...Object.fromEntries(described) }
}

const order = ['path', 'query', 'header']

function withOwnParameters(
  { parameters = [], ...methods }: Item,
  components: Shown['components'],
): Item {
  const placeOf = ({ $ref, in: place }: ShownParameter) =>
    place ?? (components.parameters[$ref?.split('/').at(-1) ?? ''] as ShownParameter).in
  const rank = (parameter: ShownParameter) => order.indexOf(placeOf(parameter) ?? '')
  const ordered = Object.entries(methods).map(([method, operation]) => {
    const own = (operation as { parameters?: readonly ShownParameter[] }).parameters ?? []
    const all = [...(parameters as readonly ShownParameter[]), ...own]
    return [
      method,
      { ...operation, parameters: all.toSorted((one, other) => rank(one) - rank(other)) },
    ]
  })
  return Object.fromEntries(ordered)
}
