// A number as the text that PostgreSQL makes of it, so that a converted field has the same values on both databases.

/** The result of `number_text()`: the fewest digits that read back as the same number. */
export function numberText(value: unknown): string | null {
  if (typeof value !== 'number') return null
  const [digits = '', power = ''] = value.toExponential().split('e')
  const exponent = Number(power)
  if (exponent >= -4 && exponent < 15) return String(value)
  return `${digits}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
}
