// What a definition says of its search: the fields, and the language of their texts.

/** A language whose words both databases reduce to the same stems. */
export type Language = 'english'

export type SearchOption<F extends string = string> =
  | readonly F[]
  | {
      /** The most important one first. */
      readonly fields: readonly F[]
      /** Words of it are found in their other forms, too: `run` finds `running`. */
      readonly language: Language
    }

interface SearchParts {
  readonly fields: readonly string[]
  readonly language: Language | undefined
}

export function searchParts(option: SearchOption = []): SearchParts {
  return isList(option) ? { fields: option, language: undefined } : option
}

function isList(option: SearchOption): option is readonly string[] {
  return Array.isArray(option)
}
