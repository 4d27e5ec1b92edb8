// A file is chosen or dropped, and shown as it would be read: its first rows, and the field of each column.

import { useState } from 'preact/hooks'
import { type Contents, csvType, type RowsFile } from './rows-file.ts'
import type { Field } from './schema.ts'
import { text, title } from './text.ts'

export function DropZone({ onChoose }: { onChoose: (file: File) => void }) {
  const [isOver, setOver] = useState(false)
  const take = (files: FileList | null | undefined) => {
    setOver(false)
    if (files?.[0] !== undefined) onChoose(files[0])
  }
  return (
    <label
      class={isOver ? 'drop over' : 'drop'}
      onDragOver={event => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={event => {
        event.preventDefault()
        take(event.dataTransfer?.files)
      }}
    >
      <span>{text.chooseFile}</span>
      <input
        type="file"
        accept=".csv,.txt,.ndjson,.jsonl,text/csv,application/x-ndjson"
        onChange={({ currentTarget: { files } }) => take(files)}
      />
      <span class="muted">{text.fileHelp}</span>
    </label>
  )
}

interface ColumnTableProps {
  readonly file: RowsFile
  readonly contents: Contents
  readonly fields: readonly Field[]
  /** The name of the field of each column. */
  readonly names: readonly (string | undefined)[]
  readonly onNames: (names: readonly (string | undefined)[]) => void
}

export function ColumnTable({ file, contents, fields, names, onNames }: ColumnTableProps) {
  const { columns, rows } = contents
  const isCsv = file.type === csvType
  const choose = (at: number, name: string) =>
    onNames(names.map((each, column) => (column === at ? name || undefined : each)))
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
      <section class="scroll" aria-label={text.firstRows} tabIndex={0}>
        <table>
          <caption class="hidden">{text.firstRows}</caption>
          <thead>
            <tr>
              <th scope="col">{text.line}</th>
              {columns.map((column, at) => (
                <th scope="col" key={at} class={names[at] === undefined ? 'unknown' : undefined}>
                  {column}
                  {isCsv && (
                    <FieldChoice
                      {...{ column, fields, names }}
                      name={names[at]}
                      onChoose={name => choose(at, name)}
                    />
                  )}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ line, cells }) => (
              <tr key={line}>
                <th scope="row">{line}</th>
                {columns.map((_, at) => (
                  <td key={at} class={names[at] === undefined ? 'unknown' : undefined}>
                    {cells[at]}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <Remarks {...{ file, contents, fields, names }} />
    </>
  )
}

interface FieldChoiceProps {
  readonly column: string
  readonly fields: readonly Field[]
  readonly names: ColumnTableProps['names']
  readonly name: string | undefined
  readonly onChoose: (name: string) => void
}

function FieldChoice({ column, fields, names, name, onChoose }: FieldChoiceProps) {
  const free = fields.filter(each => each.name === name || !names.includes(each.name))
  return (
    <select
      class="under"
      aria-label={text.fieldOfColumn(column)}
      value={name ?? ''}
      onInput={({ currentTarget: { value } }) => onChoose(value)}
    >
      <option value="">{text.leaveOut}</option>
      {free.map(field => (
        <option key={field.name} value={field.name}>
          {title(field.name)}
        </option>
      ))}
    </select>
  )
}

/** What the service would refuse, as far as the file shows it, and what would not be stored. */
function Remarks({ file, contents, fields, names }: Omit<ColumnTableProps, 'onNames'>) {
  const { columns, mistake } = contents
  const unknown = columns.filter((_, at) => names[at] === undefined)
  const missing = fields.filter(({ isRequired, name }) => isRequired && !names.includes(name))
  const separator = columns.length === 1 ? /[;\t|]/.exec(columns[0] ?? '')?.[0] : undefined
  const remarks = [
    mistake !== undefined && text.mistakeAt(mistake.line, mistake.detail),
    separator !== undefined && file.type === csvType && text.otherSeparator(separator),
    unknown.length > 0 &&
      (file.type === csvType ? text.leftOut(unknown) : text.unknownMembers(unknown)),
    missing.length > 0 && text.missing(missing.map(({ name }) => title(name))),
  ].filter(remark => remark !== false)
  if (remarks.length === 0) return null
  return (
    <div class="remarks" role="status">
      <ul>
        {remarks.map(remark => (
          <li key={remark}>{remark}</li>
        ))}
      </ul>
    </div>
  )
}
