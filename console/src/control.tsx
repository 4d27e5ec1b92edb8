// The control for a field: what its schema allows decides which one.

import { useEffect, useState } from 'preact/hooks'
import { ask } from './ask.ts'
import { referredResource } from './cell.tsx'
import { toAddress } from './query.ts'
import type { Field } from './schema.ts'
import { type Session, useSession } from './session.ts'
import { type Suggestion, toKey } from './suggestion.ts'
import { text } from './text.ts'
import { nameField, toShown } from './values.ts'

export interface ControlProps {
  readonly id: string
  readonly field: Field
  readonly entered: string
  readonly onEnter: (entered: string) => void
  /** The id of what describes it, and whether it was refused. */
  readonly describedBy?: string | undefined
  /** Its name, where no other element has it. */
  readonly label?: string
  readonly isInvalid?: boolean
  readonly required?: boolean
}

export function Control(props: ControlProps) {
  const { field, id, entered, describedBy, isInvalid, onEnter } = props
  const common = {
    id,
    name: field.name,
    'aria-label': props.label,
    'aria-describedby': describedBy,
    'aria-invalid': isInvalid === true ? ('true' as const) : undefined,
    'aria-required': props.required === true ? ('true' as const) : undefined,
    value: entered,
    onInput: ({ currentTarget }: { currentTarget: { value: string } }) =>
      onEnter(currentTarget.value),
  }
  const isScalar = field.type !== 'array' && field.type !== 'object'
  if (field.type === 'boolean') return <Choice common={common} words={booleans} />
  if (field.words !== undefined && isScalar)
    return <Choice common={common} words={field.words.map(word => [word, word])} />
  if (!isScalar) return <textarea {...common} rows={4} spellcheck={false} class="code" />
  if (field.refersTo !== undefined)
    return <ReferenceControl common={common} field={field} refersTo={field.refersTo} />
  if ((field.maxLength ?? 0) > 200 && field.format === '')
    return <textarea {...common} rows={4} maxLength={field.maxLength} />
  return <input {...common} {...inputType(field)} />
}

const booleans = [
  ['true', text.yes],
  ['false', text.no],
] as const

interface Common {
  readonly id: string
  readonly value: string
  readonly onInput: (event: { readonly currentTarget: { readonly value: string } }) => void
}

export function Choice({
  common,
  words,
}: {
  common: Common
  words: readonly (readonly [string, string])[]
}) {
  return (
    <select {...common}>
      <option value="">{text.choose}</option>
      {words.map(([value, label]) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </select>
  )
}

/** Numbers are texts to the browser, because its own control for them changes what is typed. */
function inputType({ type, format, maxLength }: Field): object {
  if (format === 'date') return { type: 'date' }
  if (format === 'date-time') return { type: 'datetime-local', step: 1 }
  if (format === 'email') return { type: 'email', autocomplete: 'off' }
  if (type === 'integer') return { inputMode: 'numeric', autocomplete: 'off' }
  if (type === 'number') return { inputMode: 'decimal', autocomplete: 'off' }
  return { type: 'text', maxLength, autocomplete: 'off' }
}

interface ReferenceProps {
  readonly common: Common
  readonly field: Field
  readonly refersTo: string
}

/**
 * A key, with the names of rows to choose from: the first ones, or those whose names have what is entered. A name that was
 * typed and not chosen becomes the key of its row.
 */
function ReferenceControl({ common, field, refersTo }: ReferenceProps) {
  const session = useSession()
  const [rows, setRows] = useState<readonly Suggestion[]>([])
  const entered = common.value
  useEffect(() => {
    const abort = new AbortController()
    const ask = () =>
      suggestions(session, { refersTo, entered, signal: abort.signal }).then(
        found => found.length > 0 && setRows(found),
        () => undefined,
      )
    const timer = setTimeout(ask, entered === '' ? 0 : typingPause)
    return () => {
      clearTimeout(timer)
      abort.abort()
    }
  }, [refersTo, entered])
  const list = `${common.id}-rows`
  const takeName = () => common.onInput({ currentTarget: { value: toKey(field, entered, rows) } })
  return (
    <>
      <input
        {...common}
        list={list}
        placeholder={text.chooseRow}
        autocomplete="off"
        onChange={takeName}
      />
      <datalist id={list}>
        {rows.map(([key, name]) => (
          <option key={key} value={key}>
            {name}
          </option>
        ))}
      </datalist>
    </>
  )
}

const typingPause = 200

interface Wanted {
  readonly refersTo: string
  readonly entered: string
  readonly signal: AbortSignal
}

async function suggestions(
  { api, base }: Session,
  { refersTo, entered, signal }: Wanted,
): Promise<readonly Suggestion[]> {
  const resource = referredResource(api.resources, refersTo)
  if (resource === undefined) return []
  const { key, path, filters } = resource
  const called = nameField(resource.fields, key)
  const query = new URLSearchParams({ fields: [...new Set([key, called])].join(), limit: '100' })
  const filter = filters.find(({ parameter }) => parameter === `${called}_icontains`)
  if (filter !== undefined && entered !== '') query.set(filter.parameter, entered)
  const { value, problem } = await ask('GET', toAddress(base + path, query), { signal })
  if (problem !== undefined) return []
  const rows = value as readonly Record<string, unknown>[]
  return rows.map(row => [String(row[key]), toShown(row[called], { format: '' })])
}
