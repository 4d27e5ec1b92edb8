// The line of a definition that a mistake is about, found in its text.

/** `start`: the line of the call `resource(`, from 1, where it is known. `subject`: `title`, `size/width`, `close.reason`. */
export function lineOfMistake(
  text: string,
  subject: string,
  start: number | undefined,
): number | undefined {
  const lines = text.split(/\r?\n/)
  const [path = ''] = subject.split('/')
  const [first = '', ...within] = path.split('.')
  let found = lineOfName(lines, first, start) ?? start
  for (const name of within) found = Math.max(found ?? 1, lineOfName(lines, name, found) ?? 0)
  return found
}

function lineOfName(
  lines: readonly string[],
  name: string,
  start: number | undefined,
): number | undefined {
  const from = (start ?? 1) - 1
  if (!/^\w+$/.test(name)) return undefined
  const field = new RegExp(`^\\s*['"]?${name}['"]?\\s*:\\s*[A-Za-z_$][\\w$.]*\\(`)
  const member = new RegExp(`(?:^|[\\s{,])['"]?${name}['"]?\\s*:`)
  return lineOf(lines, field, from) ?? lineOf(lines, member, from)
}

/** The first line from there on that matches; or the only one before. */
function lineOf(lines: readonly string[], pattern: RegExp, from: number): number | undefined {
  const all = lines.flatMap((line, index) => (pattern.test(line) ? [index] : []))
  const index = all.find(index => index >= from) ?? (all.length === 1 ? all[0] : undefined)
  return index === undefined ? undefined : index + 1
}
