// A plot of values over time, with what it shows as a table.

import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type uPlot from 'uplot'
import { type Series, valuesOf } from './status.ts'
import { text } from './text.ts'

export interface Line {
  /** The name of its values. */
  readonly name: string
  readonly label: string
  /** What each value is multiplied with. */
  readonly factor?: number
}

interface PlotProps {
  readonly title: string
  readonly unit: string
  readonly lines: readonly Line[]
  readonly series: Series
}

const height = 150

export function Plot({ title, unit, lines, series }: PlotProps) {
  const data = useMemo(
    () => [series.times, ...lines.map(line => scaled(series, line))],
    [series, lines],
  )
  const [at, setAt] = useState<number | null>(null)
  const place = usePlot(data, setAt)
  const index = at ?? series.times.length - 1
  const shown = lines.map((_, line) => format(data[line + 1]?.[index], unit))
  return (
    <figure class="plot">
      <figcaption>
        <h2>{title}</h2>
        <ul>
          {lines.map(({ name, label }, line) => (
            <li key={name} class={`line-${line + 1}`}>
              {label} <output>{shown[line]}</output>
            </li>
          ))}
        </ul>
      </figcaption>
      <div
        ref={place}
        role="img"
        aria-label={`${title}: ${lines.map(({ label }, line) => `${label} ${shown[line]}`).join(', ')}`}
      />
      <Table {...{ title, unit, lines, data }} />
    </figure>
  )
}

function scaled(series: Series, { name, factor = 1 }: Line): readonly (number | null)[] {
  return valuesOf(series, name).map(value => (value === null ? null : value * factor))
}

export function format(value: number | null | undefined, unit: string): string {
  if (value === null || value === undefined) return text.none
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2
  return `${value.toLocaleString('en', { maximumFractionDigits: digits })}${unit && ` ${unit}`}`
}

type Data = readonly (readonly (number | null)[])[]

/** Gives the place of a plot, and tells the index of what is pointed at. */
function usePlot(data: Data, point: (index: number | null) => void) {
  const place = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | undefined>(undefined)
  const scheme = useScheme()
  useEffect(() => {
    let isGone = false
    const element = place.current
    if (element === null) return
    const observer = new ResizeObserver(() =>
      plot.current?.setSize({ width: element.clientWidth, height }),
    )
    import('./plots.ts').then(({ Plot }) => {
      if (isGone) return
      plot.current = new Plot(optionsFor(element, data.length - 1, point), data as never, element)
      observer.observe(element)
    })
    return () => {
      isGone = true
      observer.disconnect()
      plot.current?.destroy()
      plot.current = undefined
    }
  }, [scheme])
  useEffect(() => plot.current?.setData(data as never), [data])
  return place
}

/** Whether it is dark, because a plot is drawn with the colours of its time. */
function useScheme(): boolean {
  const query = matchMedia('(prefers-color-scheme: dark)')
  const [isDark, setDark] = useState(query.matches)
  useEffect(() => {
    const update = () => setDark(query.matches)
    query.addEventListener('change', update)
    return () => query.removeEventListener('change', update)
  }, [])
  return isDark
}

function optionsFor(
  element: HTMLElement,
  count: number,
  point: (index: number | null) => void,
): uPlot.Options {
  const colorOf = (name: string) => resolved(element, name)
  const axis = {
    stroke: colorOf('--muted'),
    grid: { stroke: colorOf('--line'), width: 1 },
    ticks: { stroke: colorOf('--line'), width: 1 },
  }
  return {
    width: element.clientWidth,
    height,
    legend: { show: false },
    cursor: { sync: { key: 'status' }, y: false, drag: { x: false, y: false } },
    scales: { y: { range: (_plot, _low, high) => [0, Math.max(high * 1.1, 1)] } },
    axes: [
      { ...axis, space: 70, values: (_plot, times) => times.map(toClock) },
      { ...axis, size: 44 },
    ],
    series: [
      {},
      ...Array.from({ length: count }, (_, line) => ({
        stroke: colorOf(`--line-${line + 1}`),
        width: 1.5,
        points: { show: false },
      })),
    ],
    hooks: { setCursor: [plot => point(plot.cursor.idx ?? null)] },
  }
}

const toClock = (seconds: number) => clock(seconds * 1000)

/** What a canvas can draw with: `light-dark()` it cannot. */
function resolved(element: HTMLElement, name: string): string {
  element.style.color = `var(${name})`
  const { color } = getComputedStyle(element)
  element.style.color = ''
  return color
}

/** The last value of each minute. */
function Table({ title, unit, lines, data }: Omit<PlotProps, 'series'> & { data: Data }) {
  const [isOpen, setOpen] = useState(false)
  const [times = [], ...values] = data
  const minutes = times.flatMap((time, index) =>
    Number(time) % 60 === 0 || index === times.length - 1 ? [index] : [],
  )
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{text.asTable}</summary>
      {isOpen && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
        <section class="scroll" aria-label={title} tabIndex={0}>
          <table>
            <caption class="hidden">{title}</caption>
            <thead>
              <tr>
                <th scope="col">{text.time}</th>
                {lines.map(({ name, label }) => (
                  <th key={name} scope="col" class="number">
                    {label}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {minutes.reverse().map(index => (
                <tr key={times[index]}>
                  <th scope="row">{clock(Number(times[index]) * 1000)}</th>
                  {lines.map(({ name }, line) => (
                    <td key={name} class="number">
                      {format(values[line]?.[index], unit)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </details>
  )
}

/** `time`: in ms since 1970. */
export function clock(time: number): string {
  return new Date(time).toLocaleTimeString('en-GB')
}
