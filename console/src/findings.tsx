// What is wrong with rows, by their lines, each beside its row.

import { useEffect, useState } from 'preact/hooks'
import type { Finding } from './ask.ts'
import { fieldOf } from './parts.tsx'
import { type FileTable, type RowsFile, rowsAt } from './rows-file.ts'
import { download } from './save.ts'
import { text, title } from './text.ts'

interface FindingTableProps {
  readonly findings: readonly Finding[]
  /** What was sent, where this tab has sent it. */
  readonly file: RowsFile | undefined
  /** Of the file that can be downloaded. */
  readonly name: string
}

export function FindingTable({ findings, file, name }: FindingTableProps) {
  const { columns, rows } = useRows(findings, file)
  const byLine = Map.groupBy(findings, ({ line }) => line ?? 0)
  const rowAt = new Map(rows.map(row => [row.line, row.cells]))
  const store = () => download(`${name}.findings.csv`, 'text/csv', toCsv(findings))
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
      <section class="scroll" aria-label={text.findings} tabIndex={0}>
        <table>
          <caption class="hidden">{text.findings}</caption>
          <thead>
            <tr>
              {[text.line, text.whatIsWrong, ...columns].map(column => (
                <th scope="col" key={column}>
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {[...byLine].map(([line, found]) => (
              <FindingRow key={line} {...{ line, found, columns }} cells={rowAt.get(line) ?? []} />
            ))}
          </tbody>
        </table>
      </section>
      <p>
        <button type="button" onClick={store}>
          {text.downloadFindings}
        </button>
      </p>
    </>
  )
}

interface FindingRowProps {
  readonly line: number
  readonly found: readonly Finding[]
  readonly columns: readonly string[]
  readonly cells: readonly string[]
}

function FindingRow({ line, found, columns, cells }: FindingRowProps) {
  const wrong = found.map(fieldOf)
  return (
    <tr>
      <th scope="row">{line === 0 ? '' : line}</th>
      <td class="finding">
        {found.map(finding => (
          <div key={`${finding.pointer} ${finding.detail}`}>
            {title(fieldOf(finding))} {finding.detail}
          </div>
        ))}
      </td>
      {columns.map((column, at) => (
        <td key={column} class={wrong.includes(column) ? 'wrong' : undefined}>
          {cells[at]}
        </td>
      ))}
    </tr>
  )
}

const none: FileTable = { columns: [], rows: [] }

function useRows(findings: readonly Finding[], file: RowsFile | undefined): FileTable {
  const [table, setTable] = useState(none)
  useEffect(() => {
    if (file === undefined) return
    const lines = new Set(findings.flatMap(({ line }) => line ?? []))
    void rowsAt(file, lines).then(setTable)
  }, [findings, file])
  return table
}

function toCsv(findings: readonly Finding[]): string {
  const quoted = (cell: unknown) => `"${String(cell).replaceAll('"', '""')}"`
  const lines = findings.map(finding =>
    [finding.line ?? '', quoted(fieldOf(finding)), quoted(finding.detail)].join(','),
  )
  return ['line,field,detail', ...lines, ''].join('\r\n')
}
