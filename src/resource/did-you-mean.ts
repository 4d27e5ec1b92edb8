// A suggestion for a name that is not known.

import { distance } from 'fastest-levenshtein'

/** `; did you mean 'title'?`, or nothing where no known name is near. */
export function didYouMean(name: string, known: Iterable<string>): string {
  const nearest = nearestName(name, known)
  return nearest === undefined ? '' : `; did you mean '${nearest}'?`
}

/**
 * The known name that is the fewest edits away, case aside: at most one for three letters, and fewer than there are. Two letters that
 * change places are one.
 */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  let nearest: string | undefined
  let fewest = Math.min(Math.max(1, Math.round(name.length / 3)) + 1, name.length)
  for (const candidate of known) {
    // There are at least as many edits, and names that are sent may be very long.
    if (Math.abs(name.length - candidate.length) >= fewest) continue
    const edits = editsBetween(name.toLowerCase(), candidate.toLowerCase())
    if (edits >= fewest) continue
    nearest = candidate
    fewest = edits
  }
  return nearest
}

function editsBetween(name: string, candidate: string): number {
  const edits = distance(name, candidate)
  return edits === 2 && sorted(name) === sorted(candidate) ? 1 : edits
}

function sorted(name: string): string {
  return [...name].sort().join('')
}
