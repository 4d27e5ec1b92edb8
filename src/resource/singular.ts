// The singular of a resource's name. `singular` in a definition says it where this is wrong.

import pluralize from 'pluralize'

// Nouns of usual services that the library gets wrong.
for (const [plural, singular] of [
  [/(c)aches$/i, '$1ache'],
  [/(n)iches$/i, '$1iche'],
  [/(cook|calor|brown|rook|zomb|mov|sort|select)ies$/i, '$1ie'],
  [/(bias|canvas|atlas|gas|alias|bus|iris|lens|campus|bonus|virus)es$/i, '$1'],
] as const)
  pluralize.addSingularRule(plural, singular)
for (const noun of [/data$/i, /media$/i, /feedback$/i, /staff$/i, /sms$/i, /dns$/i, /gps$/i])
  pluralize.addUncountableRule(noun)

pluralize.addIrregularRule('axis', 'axes')

/** `order_item` of `order_items`, `person` of `people`. */
export function singularOf(plural: string): string {
  return pluralize.singular(plural)
}
