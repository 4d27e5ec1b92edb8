// The control for a field: what its schema allows decides which one.

import { useEffect, useState } from 'preact/hooks'
import { ask } from './ask.ts'
import type { Field } from './schema.ts'
import { type Session, useSession } from './session.ts'
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
    return <ReferenceControl common={common} refersTo={field.refersTo} />
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

/** A key, with the names of the first rows to choose from. */
function ReferenceControl({ common, refersTo }: { common: Common; refersTo: string }) {
  const session = useSession()
  const [rows, setRows] = useState<readonly (readonly [key: string, name: string])[]>([])
  useEffect(() => void suggestions(session, refersTo).then(setRows), [refersTo])
  const list = `${common.id}-rows`
  return (
    <>
      <input {...common} list={list} autocomplete="off" />
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

async function suggestions({ api, base }: Session, name: string) {
  const resource = api.resources.find(each => each.name === name && !each.path.includes('{'))
  if (resource === undefined) return []
  const called = nameField(resource.fields, resource.key)
  const fields = [...new Set([resource.key, called])].join(',')
  const address = `${base}${resource.path}?fields=${fields}&limit=100`
  const { value, problem } = await ask('GET', address)
  if (problem !== undefined) return []
  const rows = value as readonly Record<string, unknown>[]
  return rows.map(row => [String(row[resource.key]), toShown(row[called], { format: '' })] as const)
}
