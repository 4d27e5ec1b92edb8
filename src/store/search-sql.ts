// The search for words in each dialect.

import type { SqlValue } from '../resource/row.ts'
import type { Language } from '../resource/search-option.ts'

export interface SearchedColumn {
  readonly name: string
  readonly nullable: boolean
  /** How many characters of it are searched; undefined where that is all. */
  readonly length: number | undefined
}

/** The columns of a table that one index has the words of. */
export interface Searched {
  readonly table: string
  readonly columns: readonly SearchedColumn[]
  /** The language whose stems of them it has; undefined where it has them as they are written. */
  readonly stems: Language | undefined
}

export interface SearchTest {
  /** The columns to look in. */
  readonly among: readonly SearchedColumn[]
  readonly words: readonly { readonly text: string; readonly isPrefix: boolean }[]
  /** How many rows have them, as far as that is known: so many that the next one is not far, or few enough for a set of them. */
  readonly share: 'many' | 'few' | undefined
}

/** An index of words that is there. */
export interface FoundSearch {
  readonly name: string
  readonly columns: readonly string[]
  /** The statements that make it again with its table. */
  readonly statements: readonly string[]
  readonly drop: readonly string[]
  /** The SQL of its triggers. */
  readonly triggers: readonly string[]
}

export interface SearchSql {
  /** The statements that make an index of the words; its name changes with its content. */
  index(searched: Searched): { readonly name: string; readonly statements: readonly string[] }
  /** A test that a row has all words. */
  test(searched: Searched, test: SearchTest, bind: (value: SqlValue) => string): string
  /** Selects one row for each that has the words, whoever sees it; undefined where the database itself knows how many they are. */
  found?(searched: Searched, test: SearchTest, bind: (value: SqlValue) => string): string
  /** The indexes that triggers of a table keep, as they say it: they follow a column that is renamed. */
  inTriggers?(table: string, triggers: readonly string[]): readonly FoundSearch[]
}
