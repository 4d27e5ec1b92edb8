// Editing a row in its place. It is saved only if nobody changed it meanwhile; who did is shown, side by side.

import { useState } from 'preact/hooks'
import { ask, type Problem, type Reply } from './ask.ts'
import type { Operation } from './document.ts'
import {
  type Entered,
  type Entry,
  EntryError,
  isSame,
  toBody,
  toEntered,
  toEnteredText,
} from './entry.ts'
import { Form } from './form.tsx'
import type { Row } from './save.ts'
import type { Field } from './schema.ts'
import { text, title } from './text.ts'

interface EditProps {
  readonly update: Operation
  readonly path: string
  /** The row as it was read, with its `ETag`. */
  readonly reply: Reply
  readonly onDone: () => void
  readonly onCancel: () => void
}

interface Race {
  readonly field: Field
  readonly mine: Entry
  readonly theirs: Entry
}

export function EditRow({ update, path, reply, onDone, onCancel }: EditProps) {
  const fields = update.body.filter(({ isReadOnly }) => !isReadOnly)
  const [known, setKnown] = useState(reply)
  const before = toEntered(fields, known.value as Row)
  const [entered, setEntered] = useState<Entered>(before)
  const [races, setRaces] = useState<readonly Race[]>([])
  const [problem, setProblem] = useState<Problem>()
  const [isBusy, setBusy] = useState(false)
  const lose = async () => {
    const current = await ask('GET', path)
    setProblem(current.problem)
    if (current.problem !== undefined) return
    const now = toEntered(fields, current.value as Row)
    setRaces(racesOf(fields, { before, entered, now }))
    setEntered(merged({ before, entered, now }))
    setKnown(current)
  }
  const submit = async () => {
    setBusy(true)
    const saved = await save(update, path, { fields, entered, before, known })
    if (saved?.status === 412) await lose()
    else setProblem(saved)
    setBusy(false)
    if (saved === undefined) onDone()
  }
  return (
    <Form
      id="edit"
      fields={fields}
      entered={entered}
      onEnter={setEntered}
      onSubmit={submit}
      onCancel={onCancel}
      submit={text.save}
      isBusy={isBusy}
      problem={problem}
      example={known.value as Row}
    >
      {races.length > 0 && <Races races={races} entered={entered} onChoose={setEntered} />}
    </Form>
  )
}

interface Edited {
  readonly fields: readonly Field[]
  readonly entered: Entered
  readonly before: Entered
  readonly known: Reply
}

/** What is wrong; nothing, if it was saved. */
async function save(
  update: Operation,
  path: string,
  { fields, entered, before, known }: Edited,
): Promise<Problem | undefined> {
  try {
    const body = toBody(fields, entered, before)
    if (Object.keys(body).length === 0) return undefined
    const headers = { 'if-match': known.headers.get('etag') ?? '*' }
    const saved = await ask('PATCH', path, { body, type: update.bodyType, headers })
    return saved.problem
  } catch (error) {
    if (error instanceof EntryError) return error.problem
    throw error
  }
}

interface Versions {
  readonly before: Entered
  readonly entered: Entered
  readonly now: Entered
}

/** The fields that somebody else changed, with what both say. */
function racesOf(fields: readonly Field[], { before, entered, now }: Versions): readonly Race[] {
  return fields
    .filter(({ name }) => !isSame(before[name], now[name]))
    .map(field => ({ field, mine: entered[field.name] ?? '', theirs: now[field.name] ?? '' }))
}

/** One's own changes, on the row as it is now. */
function merged({ before, entered, now }: Versions): Entered {
  const own = Object.entries(entered).filter(([name, value]) => !isSame(value, before[name]))
  return { ...now, ...Object.fromEntries(own) }
}

interface RacesProps {
  readonly races: readonly Race[]
  readonly entered: Entered
  readonly onChoose: (entered: Entered) => void
}

function Races({ races, entered, onChoose }: RacesProps) {
  return (
    <section class="races" role="alert" aria-label={text.changedMeanwhile}>
      <p>
        <strong>{text.changedMeanwhile}</strong> {text.changedMeanwhileHelp}
      </p>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">{text.field}</th>
              <th scope="col">{text.mine}</th>
              <th scope="col">{text.others}</th>
            </tr>
          </thead>
          <tbody>
            {races.map(({ field: { name }, mine, theirs }) => (
              <tr key={name}>
                <th scope="row">{title(name)}</th>
                {[mine, theirs].map((value, at) => (
                  <td key={at === 0 ? 'mine' : 'theirs'}>
                    <label>
                      <input
                        type="radio"
                        name={`race-${name}`}
                        checked={isSame(entered[name], value)}
                        onChange={() => onChoose({ ...entered, [name]: value })}
                      />
                      {toEnteredText(value) || text.empty}
                    </label>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}
