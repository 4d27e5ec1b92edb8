// The page of an import: how far it is, what became of its rows, and what is wrong with which.

import { useEffect } from 'preact/hooks'
import { localPath } from './address.ts'
import { ask, type Finding } from './ask.ts'
import { FindingTable } from './findings.tsx'
import { ProblemNote, Title } from './parts.tsx'
import { navigate } from './route.ts'
import type { RowsFile } from './rows-file.ts'
import { useReply, useSession } from './session.ts'
import { SignIn } from './sign-in.tsx'
import { bytes, text, title } from './text.ts'
import { toShown } from './values.ts'

/** As the service tells it. */
interface ImportRecord {
  readonly id: number
  readonly resource: string
  readonly state: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled'
  readonly size: number
  readonly rows_read: number
  readonly created: number
  readonly replaced: number
  readonly skipped: number
  readonly refused: number
  readonly detail: string | null
  readonly findings: readonly Finding[]
  readonly more_findings: number
  readonly created_at: string
  readonly ended_at: string | null
}

interface Sent {
  readonly file: RowsFile
  readonly total: number
}

/** What this tab has sent, by the address of its import. */
const sentFiles = new Map<string, Sent>()

export function remember(address: string, sent: Sent): void {
  sentFiles.set(localPath(new URL(address, location.href).pathname), sent)
}

const pause = 500

export function ImportPage({ path }: { path: string }) {
  const { base } = useSession()
  const { reply, reload } = useReply(base + path)
  const found =
    reply?.problem === undefined ? (reply?.value as ImportRecord | undefined) : undefined
  const isOver = found === undefined || found.ended_at !== null
  useEffect(() => {
    if (isOver) return
    const timer = setTimeout(reload, pause)
    return () => clearTimeout(timer)
  }, [reply])
  return (
    <>
      <nav aria-label={text.breadcrumbs} class="crumbs">
        <a href={`${base}/imports`}>{text.imports}</a>
      </nav>
      {reply?.problem?.status === 401 ? <SignIn /> : <ProblemNote problem={reply?.problem} />}
      {found !== undefined && (
        <Import record={found} sent={sentFiles.get(path)} path={path} reload={reload} />
      )}
    </>
  )
}

interface ImportViewProps {
  readonly record: ImportRecord
  readonly sent: Sent | undefined
  readonly path: string
  readonly reload: () => void
}

function Import({ record, sent, path, reload }: ImportViewProps) {
  const { base, api } = useSession()
  const { resource, state, detail, findings, more_findings } = record
  const target = api.resources.find(({ name, path }) => name === resource && !path.includes('{'))
  const cancel = () => cancelImport(base + path).then(reload)
  const remove = () => ask('DELETE', base + path).then(() => navigate(`${base}/imports`))
  return (
    <>
      <header class="page">
        <Title page={path}>{text.importInto(title(resource))}</Title>
        <div class="actions">
          {state === 'done' && target !== undefined && (
            <a class="button primary" href={base + target.path}>
              {text.showRows}
            </a>
          )}
          {record.ended_at === null ? (
            <button type="button" class="danger" onClick={cancel}>
              {text.cancelImport}
            </button>
          ) : (
            <button type="button" onClick={remove}>
              {text.forgetImport}
            </button>
          )}
        </div>
      </header>
      <p role="status" class={state === 'failed' ? 'problem' : undefined}>
        <strong>{text.importStates[state]}</strong> {detail}
      </p>
      {record.ended_at === null && <ReadSoFar rows={record.rows_read} total={sent?.total} />}
      <Figures record={record} />
      {findings.length > 0 && (
        <FindingTable findings={findings} file={sent?.file} name={`${resource}-${record.id}`} />
      )}
      {more_findings > 0 && <p>{text.moreFindings(more_findings)}</p>}
    </>
  )
}

/** As long as it has not ended: DELETE of one that has would forget what became of it. */
async function cancelImport(address: string): Promise<void> {
  for (;;) {
    const { value, problem, headers } = await ask('GET', address)
    if (problem !== undefined || (value as ImportRecord).ended_at !== null) return
    const held = { 'if-match': headers.get('etag') ?? '*' }
    const { status } = await ask('DELETE', address, { headers: held })
    if (status !== 412) return
  }
}

/** Of how many is known in the tab that has sent them. */
function ReadSoFar({ rows, total }: { rows: number; total: number | undefined }) {
  return (
    <p class="progress">
      <progress aria-label={text.rowsRead} {...(total ? { value: rows / total } : {})} />
      <span>{text.readSoFar(rows, total)}</span>
    </p>
  )
}

function Figures({ record }: { record: ImportRecord }) {
  const at = (time: string | null) => (time === null ? '' : toShown(time, { format: 'date-time' }))
  const figures = [
    [text.received, `${bytes(record.size)}, ${at(record.created_at)}`],
    [text.rowsRead, record.rows_read.toLocaleString('en')],
    [text.result, text.counts(record)],
    [text.ended, at(record.ended_at)],
  ] as const
  return (
    <dl class="row">
      {figures.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value || text.none}</dd>
        </div>
      ))}
    </dl>
  )
}
