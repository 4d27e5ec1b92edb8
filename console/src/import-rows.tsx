// Rows from a file: it is chosen, looked at, and sent to be stored, all rows of it or none.

import { useMemo, useRef, useState } from 'preact/hooks'
import { maxRows, maxRowsLength } from '../../src/formats/formats.ts'
import type { Problem } from './ask.ts'
import { ColumnTable, DropZone } from './choose-file.tsx'
import type { Operation, Resource } from './document.ts'
import { FindingTable } from './findings.tsx'
import { remember } from './import-page.tsx'
import { ProblemNote, Title } from './parts.tsx'
import { toAddress } from './query.ts'
import { navigate } from './route.ts'
import {
  type Contents,
  csvType,
  matchColumns,
  type RowsFile,
  readContents,
  toRowsFile,
  withColumns,
} from './rows-file.ts'
import { bytes, text, title } from './text.ts'
import { upload } from './upload.ts'

interface ImportProps {
  readonly resource: Resource
  readonly create: Operation
  readonly path: string
}

interface Chosen {
  readonly file: RowsFile
  readonly contents: Contents
}

export function ImportRows({ resource, create, path }: ImportProps) {
  const [chosen, setChosen] = useState<Chosen>()
  const [counts, setCounts] = useState<Counts>()
  const choose = async (picked: File) => {
    const file = toRowsFile(picked)
    setChosen({ file, contents: await readContents(file) })
  }
  return (
    <>
      <nav aria-label={text.breadcrumbs} class="crumbs">
        <a href={path}>{title(resource.name)}</a>
      </nav>
      <Title page={`${path}#import`}>{text.importInto(title(resource.name))}</Title>
      {counts !== undefined && <Stored {...{ resource, path, counts }} />}
      {counts === undefined && chosen === undefined && <DropZone onChoose={choose} />}
      {counts === undefined && chosen !== undefined && (
        <Sending
          key={chosen.file.blob}
          {...{ ...chosen, create, path }}
          onStored={setCounts}
          onAnother={() => setChosen(undefined)}
        />
      )}
    </>
  )
}

/** How many rows are new, replaced and left out. */
export type Counts = Readonly<Partial<Record<'created' | 'replaced' | 'skipped', number>>>

interface StoredProps {
  readonly resource: Resource
  readonly path: string
  readonly counts: Counts
}

function Stored({ resource: { sorts, key }, path, counts }: StoredProps) {
  const newest = sorts.includes(`-${key}`) || sorts.includes(key) ? `?sort=-${key}` : ''
  return (
    <>
      <p role="status">{text.counts(counts)}</p>
      <p>
        <a class="button primary" href={path + newest}>
          {text.showRows}
        </a>
      </p>
    </>
  )
}

interface SendingProps extends Chosen {
  readonly create: Operation
  readonly path: string
  readonly onStored: (counts: Counts) => void
  readonly onAnother: () => void
}

/** How a file is to be stored: the fields of its columns, what happens to duplicates, and whether it is done later. */
interface Plan {
  readonly names: readonly (string | undefined)[]
  readonly duplicate: string
  readonly isLater: boolean
}

function Sending({ file, contents, create, path, onStored, onAnother }: SendingProps) {
  const isSmall = contents.total <= maxRows && file.blob.size <= maxRowsLength
  const [plan, setPlan] = useState<Plan>(() => ({
    names: matchColumns(contents.columns, create.body),
    duplicate: '',
    isLater: !isSmall && create.isDeferrable,
  }))
  const [sent, setSent] = useState<RowsFile>()
  const { share, problem, send, cancel } = useUpload(create, path)
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const ready = await toSend(file, contents, plan)
    setSent(ready)
    const reply = await send(ready, plan)
    if (reply === undefined || reply.problem !== undefined) return
    if (reply.status !== 202) return onStored(reply.value as Counts)
    const location = reply.headers.get('location') ?? '/imports'
    remember(location, { file: ready, total: contents.total })
    navigate(location)
  }
  const findings = problem?.errors?.filter(({ line }) => line !== undefined) ?? []
  return (
    <form class="import" onSubmit={submit}>
      <p>
        <strong>{file.name}</strong> · {text.rowsAndBytes(contents.total, bytes(file.blob.size))}
      </p>
      <ColumnTable
        {...{ file, contents }}
        fields={create.body}
        names={plan.names}
        onNames={names => setPlan({ ...plan, names })}
      />
      <Choices {...{ create, plan, isSmall }} onPlan={setPlan} />
      <div class="buttons">
        <button
          type="submit"
          class="primary"
          disabled={share !== undefined || contents.total === 0}
        >
          {text.importRows(contents.total)}
        </button>
        <button type="button" onClick={share === undefined ? onAnother : cancel}>
          {share === undefined ? text.anotherFile : text.cancel}
        </button>
      </div>
      {share !== undefined && <Progress share={share} />}
      <ProblemNote problem={problem && { ...problem, errors: withoutLine(problem) }} />
      {findings.length > 0 && sent !== undefined && (
        <FindingTable findings={findings} file={sent} name={file.name} />
      )}
    </form>
  )
}

const withoutLine = ({ errors = [] }: Problem) => errors.filter(({ line }) => line === undefined)

/** The file itself, unless a column has another name than its field or is left out. */
async function toSend(file: RowsFile, { columns }: Contents, { names }: Plan): Promise<RowsFile> {
  const isAsItIs = names.every((name, at) => name === columns[at])
  return file.type !== csvType || isAsItIs ? file : withColumns(file, names)
}

interface ChoicesProps {
  readonly create: Operation
  readonly plan: Plan
  readonly isSmall: boolean
  readonly onPlan: (plan: Plan) => void
}

function Choices({ create, plan, isSmall, onPlan }: ChoicesProps) {
  const duplicates = create.parameters.find(({ name }) => name === 'on_duplicate')
  return (
    <div class="stack">
      {duplicates !== undefined && (
        <label>
          {text.onDuplicate}{' '}
          <select
            class="narrow"
            value={plan.duplicate}
            onInput={({ currentTarget: { value } }) => onPlan({ ...plan, duplicate: value })}
          >
            {duplicates.words?.map(word => (
              <option key={word} value={word === duplicates.initial ? '' : word}>
                {text.duplicates[word] ?? word}
              </option>
            ))}
          </select>
        </label>
      )}
      {create.isDeferrable && (
        <label>
          <input
            type="checkbox"
            checked={plan.isLater}
            disabled={!isSmall}
            onChange={({ currentTarget: { checked } }) => onPlan({ ...plan, isLater: checked })}
          />{' '}
          {isSmall ? text.storeLater : text.storedLater}
        </label>
      )}
      <p class="muted">{text.allOrNone}</p>
    </div>
  )
}

function Progress({ share }: { share: number }) {
  const doing = share < 1 ? text.sending : text.storing
  return (
    <p class="progress">
      <progress value={share} aria-label={doing} />
      <span role="status">{doing}</span>
    </p>
  )
}

/** Sends a file, and stores it once even if it is sent again because a response was lost. */
function useUpload(create: Operation, path: string) {
  const [share, setShare] = useState<number>()
  const [problem, setProblem] = useState<Problem>()
  const abort = useRef<AbortController>(undefined)
  const keys = useMemo(() => new Map<string, string>(), [])
  const send = async ({ blob, type }: RowsFile, plan: Plan) => {
    const { duplicate, isLater } = plan
    const call = JSON.stringify(plan)
    const key = keys.get(call) ?? crypto.randomUUID()
    keys.set(call, key)
    abort.current = new AbortController()
    setProblem(undefined)
    setShare(0)
    const query = new URLSearchParams(duplicate === '' ? {} : { on_duplicate: duplicate })
    const reply = await upload(toAddress(path, query), {
      body: blob,
      headers: {
        'content-type': type,
        ...(create.headers.includes('Idempotency-Key') ? { 'idempotency-key': key } : {}),
        ...(isLater ? { prefer: 'respond-async' } : {}),
      },
      onProgress: setShare,
      signal: abort.current.signal,
    }).catch(() => undefined)
    if (reply !== undefined && reply.status !== 0) keys.delete(call)
    setShare(undefined)
    setProblem(reply?.problem)
    return reply
  }
  return { share, problem, send, cancel: () => abort.current?.abort() }
}
