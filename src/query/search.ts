// `q=best python*`: the words that rows are searched for. They are taken out of the text here, so that no database sees a
// syntax of its own in it, and both look for the same.

import type { Field } from '../resource/field.ts'
import { schemaToField } from '../resource/field.ts'
import type { Model } from '../resource/model.ts'
import type { Parameter } from './parameter.ts'

export interface Word {
  /** Letters and digits, folded as the databases fold them. */
  readonly text: string
  /** Whether words that begin with it are meant, too. */
  readonly isPrefix: boolean
}

export interface Search {
  /** All of them must be in a row; none are in no row. */
  readonly words: readonly Word[]
  /** Where they are looked for: the most important field first. */
  readonly fields: readonly Field[]
  /** How many rows have them, as far as that is known: so many that the next one is not far, or few enough for a set of them. */
  readonly share?: 'many' | 'few'
}

/** A row that has them. */
export interface SearchCondition {
  readonly search: Search
}

/** How many rows are ranked. Where there are more, the words say too little about a row. */
export const maxRanked = 1000

/** Whether a database that merges the rows of all words with a beginning has much to merge. */
export function isBroad({ words }: Search): boolean {
  const prefixes = words.filter(({ isPrefix }) => isPrefix)
  return prefixes.length > 2 || prefixes.some(({ text }) => text.length < 3)
}

/** The place of a row among those that a search finds, which is no field of a resource. */
export const rankField: Field = schemaToField('_rank', { type: 'integer' }, false, () => {})

/** In characters. */
const maxSearchLength = 200

/** None where nothing is searched. */
export function searchParameters({
  searched,
  searchLanguage,
}: Pick<Model, 'searched' | 'searchLanguage'>): readonly Parameter[] {
  if (searched.length === 0) return []
  const forms = searchLanguage === undefined ? '' : ', in any form that English gives them,'
  const names = searched.map(({ name }) => `\`${name}\``).join(', ')
  return [
    {
      name: 'q',
      description: `Rows that have all of these words${forms} in ${names}, best first. \`pyth*\` stands for words that begin with it`,
      schema: { type: 'string', maxLength: maxSearchLength },
    },
  ]
}

/** The search of a checked `q`, as far as the caller may read. */
export function parseSearch({ searched, shown }: Model, text: unknown): Search | undefined {
  if (typeof text !== 'string') return undefined
  return { words: wordsOf(text), fields: searched.filter(field => shown.includes(field)) }
}

/** Each word once. A letter with accents that the alphabet of Latin has without them counts as that. */
export function wordsOf(text: string): readonly Word[] {
  const folded = text
    .toLowerCase()
    .normalize('NFD')
    .replace(/([a-z])[\u0300-\u036f]+/g, '$1')
    .normalize('NFC')
    .replaceAll('ς', 'σ')
  const found = [...folded.matchAll(/([\p{L}\p{Nd}]+)(\*?)/gu)]
  const words = found.map(([, word = '', star]) => ({ text: word, isPrefix: star === '*' }))
  return [...new Map(words.map(word => [`${word.text} ${word.isPrefix}`, word])).values()]
}
