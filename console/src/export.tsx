// Copies and stores the rows that the filters let through.

import { useState } from 'preact/hooks'
import type { Problem } from './ask.ts'
import { Menu, ProblemNote } from './parts.tsx'
import { download, type Format, formats, gather } from './save.ts'
import { text } from './text.ts'

interface ExportProps {
  readonly name: string
  readonly path: string
  readonly query: URLSearchParams
}

export function ExportMenu({ name, path, query }: ExportProps) {
  const [said, setSaid] = useState('')
  const [problem, setProblem] = useState<Problem>()
  const write = async (format: Format, hand: (content: string) => unknown) => {
    setSaid(text.loading)
    const gathered = await gather(path, query, format)
    setProblem(gathered.problem)
    if (gathered.problem === undefined) await hand(gathered.text)
    setSaid(gathered.problem === undefined ? text.done : '')
  }
  return (
    <Menu label={text.export}>
      <p class="muted">{text.exportHelp}</p>
      {formats.map(format => (
        <div class="line" key={format.name}>
          <span>{format.name}</span>
          <span>
            <button
              type="button"
              class="quiet"
              aria-label={text.downloadAs(format.name)}
              onClick={() =>
                write(format, content =>
                  download(`${name}.${format.extension}`, format.headers.accept ?? '', content),
                )
              }
            >
              {text.download}
            </button>
            <button
              type="button"
              class="quiet"
              aria-label={text.copyAs(format.name)}
              onClick={() => write(format, content => navigator.clipboard.writeText(content))}
            >
              {text.copy}
            </button>
          </span>
        </div>
      ))}
      <p class="muted" role="status">
        {said}
      </p>
      <ProblemNote problem={problem} />
    </Menu>
  )
}
