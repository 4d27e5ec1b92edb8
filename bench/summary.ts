// Figures of several rounds as one: the median, and between what they lay.

export interface Summary {
  readonly median: number
  readonly lowest: number
  readonly highest: number
}

export function summarize(figures: readonly number[]): Summary {
  const sorted = figures.toSorted((one, other) => one - other)
  const middle = (sorted.length - 1) / 2
  const median =
    ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2
  return { median, lowest: sorted[0] ?? Number.NaN, highest: sorted.at(-1) ?? Number.NaN }
}

/** `0.93 (0.90–0.97)` */
export function summaryToText({ median, lowest, highest }: Summary, digits = 0): string {
  const text = (figure: number) =>
    figure.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
  return `${text(median)} (${text(lowest)}–${text(highest)})`
}

export function toTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const rule = head.map((_, index) => (index === 0 ? '---' : '--:'))
  return [head, rule, ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n')
}
