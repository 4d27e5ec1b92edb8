// Values as they are written in a language, in one line where they fit.

export interface Style {
  readonly words: { readonly true: string; readonly false: string; readonly null: string }
  /** The name of a member. */
  readonly key: (name: string) => string
  readonly text: (text: string) => string
  /** By how many spaces what is within is indented. */
  readonly step: number
}

const quoted = (text: string) => JSON.stringify(text)

const ownWords = { true: 'true', false: 'false', null: 'null' } as const

export const json: Style = { words: ownWords, key: quoted, text: quoted, step: 2 }

export const python: Style = {
  words: { true: 'True', false: 'False', null: 'None' },
  key: quoted,
  text: quoted,
  step: 4,
}

export const typescript: Style = {
  words: ownWords,
  key: name => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : single(name)),
  text: single,
  step: 2,
}

function single(text: string): string {
  return `'${quoted(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
}

/** How long a line may be. */
const width = 76

/** `before`: how long the line is already. `indent`: how far the lines are indented. */
export function literal(value: unknown, style: Style, before = 0, indent = 0): string {
  const line = inOneLine(value, style)
  const fits = before + line.length <= width
  if (fits || typeof value !== 'object' || value === null) return line
  const isList = Array.isArray(value)
  const inner = indent + style.step
  const lines = Object.entries(value).map(([name, member]) => {
    const start = isList ? '' : `${style.key(name)}: `
    return `\n${' '.repeat(inner)}${start}${literal(member, style, inner + start.length, inner)}`
  })
  const trailing = style === json ? '' : ','
  const [open, close] = isList ? '[]' : '{}'
  return `${open}${lines.join(',')}${trailing}\n${' '.repeat(indent)}${close}`
}

function inOneLine(value: unknown, style: Style): string {
  if (Array.isArray(value)) return `[${value.map(each => inOneLine(each, style)).join(', ')}]`
  if (typeof value === 'object' && value !== null) return objectInOneLine(value, style)
  if (typeof value === 'string') return style.text(value)
  return style.words[String(value) as keyof Style['words']] ?? String(value)
}

function objectInOneLine(value: object, style: Style): string {
  const members = Object.entries(value).map(
    ([name, member]) => `${style.key(name)}: ${inOneLine(member, style)}`,
  )
  if (members.length === 0) return '{}'
  return style === typescript ? `{ ${members.join(', ')} }` : `{${members.join(', ')}}`
}
