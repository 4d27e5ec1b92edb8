// Lines on two logarithmic axes, as SVG.

export interface Series {
  readonly title: string
  readonly points: readonly (readonly [x: number, y: number])[]
}

const size = { width: 760, height: 440 }
const frame = { left: 70, right: 560, top: 20, bottom: 380 }
const colors = ['#1b6ca8', '#c0392b', '#27874f', '#8e44ad', '#b9770e', '#16828f', '#5d6d7e']

type Scale = (value: number) => number

/** The powers of ten around the values. */
function decades(values: readonly number[]): [from: number, to: number] {
  const from = Math.floor(Math.log10(Math.min(...values)))
  return [from, Math.max(from + 1, Math.ceil(Math.log10(Math.max(...values))))]
}

function scale([from, to]: [number, number], start: number, end: number): Scale {
  return value => start + ((Math.log10(value) - from) / (to - from)) * (end - start)
}

function ticks([from, to]: [number, number]): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => 10 ** (from + index))
}

function line({ points }: Series, color: string | undefined, x: Scale, y: Scale): string {
  const places = points.map(([across, up]) => `${x(across).toFixed(1)},${y(up).toFixed(1)}`)
  return `<polyline points="${places.join(' ')}" fill="none" stroke="${color}" stroke-width="2"/>`
}

/** The titles beside the ends of their lines, kept apart. */
function labels(series: readonly Series[], y: Scale): string[] {
  const wanted = series.map(({ title, points }, index) => ({
    title,
    index,
    y: y(points.at(-1)?.[1] ?? 1),
  }))
  let free = Number.NEGATIVE_INFINITY
  return wanted
    .toSorted((one, other) => one.y - other.y)
    .map(({ title, index, y: place }) => {
      free = Math.max(place, free + 16)
      return `<text x="${frame.right + 10}" y="${(free + 4).toFixed(1)}" fill="${colors[index % colors.length]}">${title}</text>`
    })
}

export function toPlot(series: readonly Series[], across: string, up: string): string {
  const horizontal = decades(series.flatMap(({ points }) => points.map(([x]) => x)))
  const vertical = decades(series.flatMap(({ points }) => points.map(([, y]) => y)))
  const x = scale(horizontal, frame.left, frame.right)
  const y = scale(vertical, frame.bottom, frame.top)
  const { left, right, top, bottom } = frame
  const format = (value: number) => value.toLocaleString('en')
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" font-family="sans-serif" font-size="13">`,
    '<title>Processor time per request, by the rows in the table</title>',
    '<rect width="100%" height="100%" fill="white"/>',
    ...ticks(horizontal).flatMap(value => [
      `<path d="M${x(value)} ${top}V${bottom}" stroke="#ddd"/>`,
      `<text x="${x(value)}" y="${bottom + 18}" text-anchor="middle">${format(value)}</text>`,
    ]),
    ...ticks(vertical).flatMap(value => [
      `<path d="M${left} ${y(value)}H${right}" stroke="#ddd"/>`,
      `<text x="${left - 8}" y="${y(value) + 4}" text-anchor="end">${format(value)}</text>`,
    ]),
    ...series.map((one, index) => line(one, colors[index % colors.length], x, y)),
    ...labels(series, y),
    `<text x="${(left + right) / 2}" y="${bottom + 42}" text-anchor="middle">${across}</text>`,
    `<text x="${left}" y="${top - 6}">${up}</text>`,
    '</svg>',
    '',
  ].join('\n')
}
