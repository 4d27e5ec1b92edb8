// Entries of the log as a person reads them while developing; everywhere else the log is JSON.

/** The names of colors as `styleText` of node:util knows them. */
export type Color = 'red' | 'yellow' | 'green' | 'cyan' | 'gray' | 'bold'
export type Paint = (color: Color, text: string) => string

type Entry = Readonly<Record<string, unknown>>

/** Pino's levels. */
const levels: readonly (readonly [least: number, name: string, color: Color])[] = [
  [50, 'error', 'red'],
  [40, 'warn', 'yellow'],
  [30, 'info', 'cyan'],
  [0, 'debug', 'gray'],
]

/** Members that every entry has, or that have a line of their own. */
const told = ['level', 'time', 'pid', 'hostname', 'reqId', 'msg', 'err', 'source']

/** `line`: an entry as pino writes it. */
export function readable(line: string, paint: Paint): string {
  const entry: Entry = JSON.parse(line)
  const time = paint('gray', new Date(Number(entry.time)).toTimeString().slice(0, 8))
  return [`${time} ${headOf(entry, paint)}`, ...below(entry, paint)].join('\n')
}

function headOf(entry: Entry, paint: Paint): string {
  const { method, url, status, milliseconds, level, msg } = entry
  if (milliseconds !== undefined)
    return `${paint('bold', String(method).padEnd(6))} ${url} ${paintStatus(Number(status), paint)} ${paint('gray', `${milliseconds} ms`)}`
  const [, name, color] = levels.find(([least]) => Number(level) >= least) ?? [0, 'debug', 'gray']
  const more = Object.entries(entry).filter(([key]) => !told.includes(key))
  const details = more.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(' ')
  return `${paint(color, name.padEnd(5))}  ${msg}${details === '' ? '' : ` ${paint('gray', details)}`}`
}

function paintStatus(status: number, paint: Paint): string {
  const color = status >= 500 ? 'red' : status >= 400 ? 'yellow' : 'green'
  return paint(color, String(status))
}

/** The source around a fault, and where it was called from, without the places in libraries. */
function below({ source, err }: Entry, paint: Paint): string[] {
  const stack = String((err as { stack?: string } | undefined)?.stack ?? '').split('\n')
  const calls = stack.filter(line => /^\s+at /.test(line) && !/node_modules|node:/.test(line))
  return [
    ...(source === undefined ? [] : [paint('yellow', indented(String(source)))]),
    ...calls.map(line => paint('gray', line)),
  ]
}

function indented(text: string): string {
  return text.replaceAll(/^/gm, '    ')
}
