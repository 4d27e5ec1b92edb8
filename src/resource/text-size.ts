// How large the texts of a field can be.

interface Text {
  readonly format: string | undefined
  readonly schema: { readonly [keyword: string]: unknown }
}

const shortFormats = ['date', 'date-time', 'uuid']

/** Whether a format keeps texts so short that nobody need measure them. */
export function isShortFormat(format: string | undefined): boolean {
  return shortFormats.includes(format ?? '')
}

/** In bytes, what PostgreSQL puts before a text in an index entry. */
export const textHeader = 4

/** In bytes, what a text of the field takes at most in an index entry. */
export function textIndexBytes({ format, schema }: Text): number {
  const words = schema.enum as readonly string[] | undefined
  if (words !== undefined)
    return textHeader + Math.max(...words.map(word => Buffer.byteLength(word)))
  if (format !== undefined) return textHeader + Number(schema.maxLength ?? 36)
  return textHeader + Number(schema.maxLength) * (isAscii(schema) ? 1 : 4)
}

/** Whether a pattern lets only ASCII through: all of it is said in words that stand for nothing else. */
function isAscii({ pattern, allOf }: Text['schema']): boolean {
  const text = String(pattern)
  return (
    allOf === undefined &&
    /^\^[ -~]*\$$/.test(text) &&
    !/\[\^|(?<!\\)[.|]|\\[^dw.\\/|()[\]{}^$*+?-]/.test(text)
  )
}
