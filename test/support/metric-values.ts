// What metrics say, read from the text format of Prometheus.

/** The values of one metric by their labels. */
export function samples(text: string, name: string): Record<string, number> {
  const lines = text
    .split('\n')
    .filter(line => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
  return Object.fromEntries(
    lines.map(line => [
      line.slice(name.length, line.lastIndexOf(' ')),
      Number(line.split(' ').at(-1)),
    ]),
  )
}
