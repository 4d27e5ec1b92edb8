// JSON Patch (RFC 6902; pointers RFC 6901 §4; a patch that does not fit the resource is a conflict, RFC 5789 §2.2).
import { jsonPointer } from '../resource/format.ts'
import { Problem } from './problem.ts'

export type PatchOperation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string }
  | { readonly op: 'move' | 'copy'; readonly path: string; readonly from: string }

/** The copy that is being edited. The document is in a member, so that the whole of it is a place like any other. */
interface Workspace {
  document: unknown
  copied: number
}

/** Why an operation cannot be applied, and because of which of its members. */
interface PatchRefusal {
  readonly member: 'path' | 'from' | 'value'
  readonly detail: string
}

/** In characters of JSON for one patch: each copy of a copy doubles, so a hundred operations would fill the memory. */
const copyLimit = 1_048_576

/** Levels of nesting that a patch may build; copies into copies would otherwise exhaust the stack. */
const depthLimit = 100

/** The document after all operations. Throws the Problem of the first one that cannot be applied. `document` is not changed. */
export function applyJsonPatch(document: unknown, operations: readonly PatchOperation[]): unknown {
  const workspace: Workspace = { document: structuredClone(document), copied: 0 }
  for (const [index, operation] of operations.entries()) {
    const refusal = refusePointers(operation) ?? perform(workspace, operation)
    if (refusal === undefined) continue
    const { member, detail } = refusal
    throw new Problem('conflict', { errors: [{ pointer: `#/${index}/${member}`, detail }] })
  }
  return workspace.document
}

function perform(workspace: Workspace, operation: PatchOperation): PatchRefusal | undefined {
  switch (operation.op) {
    case 'add':
      return add(workspace, operation.path, operation.value)
    case 'remove':
      return remove(workspace, operation.path, 'path')
    case 'replace':
      return replace(workspace, operation.path, operation.value)
    case 'test':
      return test(workspace, operation.path, operation.value)
    case 'move':
      return move(workspace, operation.path, operation.from)
    case 'copy':
      return copy(workspace, operation.path, operation.from)
  }
}

function add(workspace: Workspace, path: string, value: unknown): PatchRefusal | undefined {
  const { parent, name } = placeOf(workspace, path)
  if (!canTake(parent, name)) return missing('path')
  if (isTooDeep(path, value)) return tooDeep
  const added = structuredClone(value)
  if (Array.isArray(parent)) parent.splice(name === '-' ? parent.length : Number(name), 0, added)
  else define(parent, name, added)
  return undefined
}

function remove(
  workspace: Workspace,
  path: string,
  member: 'path' | 'from',
): PatchRefusal | undefined {
  if (path === '') return { member, detail: 'is the whole document, which cannot be removed' }
  if (valueAt(workspace, path) === undefined) return missing(member)
  const { parent, name } = placeOf(workspace, path)
  if (Array.isArray(parent)) parent.splice(Number(name), 1)
  else Reflect.deleteProperty(parent as object, name)
  return undefined
}

function replace(workspace: Workspace, path: string, value: unknown): PatchRefusal | undefined {
  if (valueAt(workspace, path) === undefined) return missing('path')
  if (isTooDeep(path, value)) return tooDeep
  const { parent, name } = placeOf(workspace, path)
  define(parent, name, structuredClone(value))
  return undefined
}

function test(workspace: Workspace, path: string, value: unknown): PatchRefusal | undefined {
  const stored = valueAt(workspace, path)
  if (stored === undefined) return missing('path')
  return sameJson(stored, value) ? undefined : { member: 'value', detail: 'is not what is stored' }
}

function move(workspace: Workspace, path: string, from: string): PatchRefusal | undefined {
  // In a list the next item moves to the place of the removed one, so `add` could not notice this.
  if (path.startsWith(`${from}/`))
    return { member: 'path', detail: 'is inside the value that is moved' }
  const value = valueAt(workspace, from)
  return remove(workspace, from, 'from') ?? add(workspace, path, value)
}

function copy(workspace: Workspace, path: string, from: string): PatchRefusal | undefined {
  const value = valueAt(workspace, from)
  if (value === undefined) return missing('from')
  workspace.copied += JSON.stringify(value).length
  if (workspace.copied > copyLimit) return { member: 'from', detail: 'is too much to copy' }
  return add(workspace, path, value)
}

function refusePointers(operation: PatchOperation): PatchRefusal | undefined {
  return (
    refusePointer(operation.path, 'path') ??
    ('from' in operation ? refusePointer(operation.from, 'from') : undefined)
  )
}

function refusePointer(path: string, member: 'path' | 'from'): PatchRefusal | undefined {
  return path === '' || path.startsWith('/')
    ? undefined
    : { member, detail: 'is not a JSON Pointer' }
}

function missing(member: 'path' | 'from'): PatchRefusal {
  return { member, detail: 'does not exist' }
}

const tooDeep: PatchRefusal = {
  member: 'path',
  detail: `would be nested in more than ${depthLimit} levels`,
}

function isTooDeep(path: string, value: unknown): boolean {
  return isDeeper(value, depthLimit + 1 - tokens(path).length)
}

/** Stops at the limit, so that no value is too deep for it. */
function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels <= 0 || Object.values(value).some(member => isDeeper(member, levels - 1))
}

/** The names that lead to a place, the workspace's first (RFC 6901 §4: `~1` before `~0`, or `~01` would be a slash). */
function tokens(path: string): string[] {
  const [, ...names] = path.split('/')
  return ['document', ...names.map(name => name.replaceAll('~1', '/').replaceAll('~0', '~'))]
}

/** The object or list that contains a place, and the name of the place in it. */
function placeOf(
  workspace: Workspace,
  path: string,
): { readonly parent: unknown; readonly name: string } {
  const names = tokens(path)
  const name = names.pop() as string
  return { parent: names.reduce(child, workspace), name }
}

/** Defines the member, because to assign `__proto__` would set the prototype. */
function define(parent: unknown, name: string, value: unknown): void {
  Object.defineProperty(parent, name, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  })
}

/** Undefined if nothing is there (JSON has no undefined). */
function valueAt(workspace: Workspace, path: string): unknown {
  return tokens(path).reduce<unknown>(child, workspace)
}

function child(parent: unknown, token: string): unknown {
  if (Array.isArray(parent)) return isIndex(token) ? parent[Number(token)] : undefined
  return isObject(parent) && Object.hasOwn(parent, token) ? parent[token] : undefined
}

function canTake(parent: unknown, token: string): boolean {
  if (Array.isArray(parent))
    return token === '-' || (isIndex(token) && Number(token) <= parent.length)
  return isObject(parent)
}

function isIndex(token: string): boolean {
  return /^(?:0|[1-9][0-9]*)$/.test(token)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Equality as RFC 6902 §4.6 defines it. */
function sameJson(left: unknown, right: unknown): boolean {
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, index) => sameJson(item, right[index]))
  }
  if (!isObject(left) || !isObject(right)) return left === right
  const names = Object.keys(left)
  const sameMember = (name: string) =>
    Object.hasOwn(right, name) && sameJson(left[name], right[name])
  return names.length === Object.keys(right).length && names.every(sameMember)
}

const pointerShape = {
  type: 'string',
  maxLength: 1000,
  pattern: jsonPointer,
}

const path = { ...pointerShape, description: 'Where to do it (JSON Pointer, RFC 6901)' }
const from = { ...pointerShape, description: 'Where the value comes from (JSON Pointer, RFC 6901)' }

function operationShape(
  description: string,
  op: readonly string[],
  members: Record<string, object>,
) {
  return {
    type: 'object',
    description,
    required: ['op', 'path', ...Object.keys(members)],
    properties: { op: { type: 'string', enum: op, description: 'What to do' }, path, ...members },
  }
}

/** The schemas of its operations by their components. */
export const jsonPatchOperations = {
  JsonPatchWrite: operationShape(
    'Adds or replaces a value, or tests what is stored',
    ['add', 'replace', 'test'],
    {
      value: { description: 'Any JSON value' },
    },
  ),
  JsonPatchRemove: operationShape('Removes a value', ['remove'], {}),
  JsonPatchMove: operationShape('Moves or copies a value', ['move', 'copy'], { from }),
}

/** The schema of a patch, the component `JsonPatch` of the document. */
export const jsonPatchShape = {
  $id: 'JsonPatch',
  type: 'array',
  description: 'Operations in order; all are done or none (RFC 6902)',
  maxItems: 100,
  items: { anyOf: Object.values(jsonPatchOperations) },
  examples: [[{ op: 'replace', path: '/name', value: 'Siam' }]],
}
