// Nouns in sentences.

export function withArticle(noun: string): string {
  return `${/^[aeio]/.test(noun) ? 'an' : 'a'} ${noun}`
}

/** At the beginning of a sentence: `An event`. */
export function aNoun(noun: string): string {
  return capitalized(withArticle(noun))
}

export function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
