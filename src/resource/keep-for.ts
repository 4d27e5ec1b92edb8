// How long deleted rows are kept: `90d` or `36h`.

const form = /^([1-9][0-9]{0,4})([dh])$/

export function isKeepFor(value: unknown): boolean {
  return typeof value === 'string' && form.test(value)
}

/** In ms. */
export function keepForMilliseconds(text: string): number {
  const [, count, unit] = form.exec(text) ?? []
  return Number(count) * (unit === 'd' ? 86_400_000 : 3_600_000)
}
