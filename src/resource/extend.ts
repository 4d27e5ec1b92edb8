// The behaviour of a resource, defined after the resource itself: its code can name the resource, and two can name each other.

import type { Action, View } from './actions.ts'
import type { Hooks } from './hooks.ts'
import type { Defined } from './representation.ts'
import type { Visible, VisibleRows } from './visible.ts'

/** The options of a resource that are code. */
export interface Extension<Row, V extends VisibleRows = boolean> {
  readonly hooks?: Hooks<Row>
  /** By their names, the last part of their addresses. */
  readonly actions?: Readonly<Record<string, Action<Row>>>
  readonly views?: Readonly<Record<string, View<Row>>>
  readonly visible?: Visible<Row, V>
}

const extensions = new WeakMap<object, readonly object[]>()

/**
 * Adds code to a resource, as if it stood among its options. TypeScript cannot find the type of a resource whose own
 * options name it.
 */
export function extend<Row, const V extends VisibleRows = boolean>(
  resource: Defined<Row>,
  extension: Extension<NoInfer<Row>, V>,
): void {
  if (typeof Object(resource).name !== 'string' || typeof resource !== 'object')
    throw new Error('extend() takes a resource first: extend(books, { hooks: { … } })')
  extensions.set(resource, [...extensionsOf(resource), extension])
}

function extensionsOf(resource: object): readonly object[] {
  return extensions.get(resource) ?? []
}

/** The resource with everything that was added to it. */
export function extended<R extends { readonly options: object }>(resource: R): R {
  const added = extensionsOf(resource)
  if (added.length === 0) return resource
  return { ...resource, options: Object.assign({}, resource.options, ...added) }
}

/** The options that were said more than once, of which one would be lost. */
export function extensionMistakes(resource: { readonly options: object }): readonly string[] {
  const all = [resource.options, ...extensionsOf(resource)].flatMap(said => Object.keys(said ?? {}))
  const twice = new Set(all.filter((name, index) => all.indexOf(name) !== index))
  return [...twice].map(name => `has ${name} twice: in its options and by extend(), or twice by it`)
}
