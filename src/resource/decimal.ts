// Decimals are exact: texts with a fixed number of places in JSON, whole numbers of their last place in a column.

type JsonSchema = { readonly [keyword: string]: unknown }

/** As many digits as a number of JavaScript holds exactly. */
export const maxDigits = 15

/** The digits of a field, and how many of them are behind the point. */
interface Digits {
  readonly precision: number
  readonly scale: number
}

export function digitsOf(schema: JsonSchema): Digits {
  return { precision: Number(schema['x-precision']), scale: Number(schema['x-scale']) }
}

/** The keywords of a decimal. `isPositive`: none is below zero. */
export function decimalKeywords({ precision, scale }: Digits, isPositive: boolean) {
  const before = precision - scale
  const whole =
    before < 2 ? '0'.concat(before < 1 ? '' : '|[1-9]') : `0|[1-9][0-9]{0,${before - 1}}`
  const places = scale < 1 ? '' : `(?:\\.[0-9]{1,${scale}})?`
  return {
    pattern: `^${isPositive ? '' : '-?'}(?:${whole})${places}$`,
    minLength: 1,
    maxLength: precision + '-0.'.length,
    'x-precision': precision,
    'x-scale': scale,
  }
}

/** Whether none of its values is below zero. */
export function isPositive({ pattern }: JsonSchema): boolean {
  return !String(pattern).startsWith('^-')
}

/** The mistake in the digits, in words that follow the name of the field. */
export function digitsMistake({ precision, scale }: Digits): string | undefined {
  if (!Number.isInteger(precision) || precision < 1 || precision > maxDigits)
    return `has ${precision} digits; write Decimal(precision, scale) with a precision of 1 to ${maxDigits}`
  if (!Number.isInteger(scale) || scale < 0 || scale > precision)
    return `has ${scale} places; write Decimal(precision, scale) with a scale of 0 to the precision`
  return undefined
}

/** `12.5` is 1250 hundredths. */
export function toScaled(text: string, scale: number): number {
  const [whole = '', fraction = ''] = text.split('.')
  const scaled = Number(whole + fraction.padEnd(scale, '0'))
  return scaled === 0 ? 0 : scaled
}

/** 1250 hundredths are `12.50`. */
export function fromScaled(scaled: number, scale: number): string {
  const digits = String(Math.abs(scaled)).padStart(scale + 1, '0')
  const point = digits.length - scale
  const text = scale === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`
  return scaled < 0 ? `-${text}` : text
}

/** The largest number of these digits, in its last place. */
export function largestScaled({ precision }: Digits): number {
  return 10 ** precision - 1
}
