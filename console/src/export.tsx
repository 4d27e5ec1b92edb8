// Copies and stores the rows that the filters let through.

import { useState } from 'preact/hooks'
import type { Problem } from './ask.ts'
import { Menu, ProblemNote } from './parts.tsx'
import { download, type Format, formats, gather, mostRows } from './save.ts'
import type { Field } from './schema.ts'
import { text } from './text.ts'

interface ExportProps {
  readonly name: string
  readonly path: string
  readonly query: URLSearchParams
  readonly fields: readonly Field[]
}

export function ExportMenu({ name, path, query, fields }: ExportProps) {
  const [said, setSaid] = useState('')
  const [problem, setProblem] = useState<Problem>()
  const columns = fields.map(field => field.name)
  const write = async (format: Format, hand: (content: string) => unknown) => {
    setSaid(text.loading)
    const gathered = await gather(path, query, rows => setSaid(text.exporting(rows)))
    setProblem(gathered.problem)
    if (gathered.problem === undefined) await hand(format.write(gathered.rows, columns))
    setSaid(gathered.isComplete ? text.done : text.exportIncomplete(mostRows))
  }
  return (
    <Menu label={text.export}>
      <p class="muted">{text.exportHelp(mostRows)}</p>
      {formats.map(format => (
        <div class="line" key={format.name}>
          <button
            type="button"
            class="quiet"
            onClick={() =>
              write(format, content =>
                download(`${name}.${format.extension}`, format.type, content),
              )
            }
          >
            {`Download ${format.name}`}
          </button>
          <button
            type="button"
            class="quiet"
            onClick={() => write(format, content => navigator.clipboard.writeText(content))}
          >
            {`Copy ${format.name}`}
          </button>
        </div>
      ))}
      <p class="muted" role="status">
        {said}
      </p>
      <ProblemNote problem={problem} />
    </Menu>
  )
}
