// Where resources are defined, and which are while something is loaded.

import { type Place, placeInStack } from './code-fault.ts'

interface Named {
  readonly name: string
}

const places = new WeakMap<object, Place>()
const gatherings = new Set<Named[]>()

/** Called for every resource, by the function that somebody's file calls. */
export function noteResource(defined: Named): void {
  const place = placeInStack(new Error().stack)
  if (place !== undefined) places.set(defined, place)
  for (const gathered of gatherings) gathered.push(defined)
}

/** Where a resource was defined. */
export function definedAt(resource: object | undefined): Place | undefined {
  return resource && places.get(resource)
}

/** The resources that are defined while the task runs, and what it returns. */
export async function gatherResources<T>(
  task: () => Promise<T>,
): Promise<{ returned: T; defined: readonly Named[] }> {
  const defined: Named[] = []
  gatherings.add(defined)
  try {
    return { returned: await task(), defined }
  } finally {
    gatherings.delete(defined)
  }
}
