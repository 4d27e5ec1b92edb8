// Multiples as people write them: 19.99 is one of 0.01, although no binary fraction is exactly either.

/** A decimal number as `digits` times ten to the power of `exponent`. */
interface Decimal {
  readonly digits: bigint
  readonly exponent: number
}

/**
 * Whether dividing the one by the other gives an integer (JSON Schema Validation §6.2.1). Both are taken for the
 * shortest decimal that stands for them, which is what JSON shows of them.
 */
export function isMultipleOf(value: number, divisor: number): boolean {
  const [one, other] = [toDecimal(value), toDecimal(divisor)]
  const common = Math.min(one.exponent, other.exponent)
  return scaled(one, common) % scaled(other, common) === 0n
}

/** `1.5e-7` is 15 times ten to the power of -8. */
function toDecimal(value: number): Decimal {
  const [mantissa = '', exponent = '0'] = String(value).split('e')
  const [whole = '', fraction = ''] = mantissa.split('.')
  return { digits: BigInt(whole + fraction), exponent: Number(exponent) - fraction.length }
}

function scaled({ digits, exponent }: Decimal, to: number): bigint {
  return digits * 10n ** BigInt(exponent - to)
}
