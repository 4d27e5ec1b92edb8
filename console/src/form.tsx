// A form for the members of a body: what is wrong with one stands beside it, and what was entered stays.

import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { Finding, Problem } from './ask.ts'
import { Control } from './control.tsx'
import { fieldOf, ProblemNote } from './parts.tsx'
import type { Field } from './schema.ts'
import { text, title } from './text.ts'
import { fromControl, toControl } from './values.ts'

/** What the controls say, by field. */
export type Entered = Readonly<Record<string, string>>

export function toEntered(
  fields: readonly Field[],
  row: Readonly<Record<string, unknown>>,
): Entered {
  return Object.fromEntries(fields.map(field => [field.name, toControl(row[field.name], field)]))
}

/** The members that differ from what the controls said at first. Throws an `EntryError` for what cannot be sent. */
export function toBody(fields: readonly Field[], entered: Entered, before: Entered) {
  const changed = fields.filter(({ name }) => entered[name] !== before[name])
  const errors: Finding[] = []
  const members = changed.flatMap(field => {
    try {
      return [[field.name, fromControl(entered[field.name] ?? '', field)]]
    } catch {
      errors.push({ pointer: `#/${field.name}`, detail: text.invalidJson })
      return []
    }
  })
  if (errors.length > 0) throw new EntryError(errors)
  return Object.fromEntries(members) as Record<string, unknown>
}

export class EntryError extends Error {
  readonly problem: Problem

  constructor(errors: readonly Finding[]) {
    super(text.invalidJson)
    this.problem = { status: 422, title: 'Unprocessable Content', detail: '', errors }
  }
}

interface FormProps {
  /** Unlike that of any other form on the page. */
  readonly id: string
  readonly fields: readonly Field[]
  readonly entered: Entered
  readonly onEnter: (entered: Entered) => void
  readonly onSubmit: () => void
  readonly onCancel: () => void
  readonly submit: string
  readonly isBusy: boolean
  readonly problem: Problem | undefined
  /** A value of each field, for those that are entered as JSON. */
  readonly example?: Readonly<Record<string, unknown>>
  readonly children?: ComponentChildren
}

export function Form(props: FormProps) {
  const { id, fields, entered, onEnter, problem, children } = props
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => {
    if (problem !== undefined) form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus()
  }, [problem])
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    props.onSubmit()
  }
  return (
    <form ref={form} class="fields" onSubmit={submit} noValidate>
      <ProblemNote problem={problem} besides={fields.map(({ name }) => name)} />
      {children}
      {fields.map(field => (
        <FieldRow
          key={field.name}
          id={`${id}-${field.name}`}
          field={field}
          entered={entered[field.name] ?? ''}
          findings={(problem?.errors ?? []).filter(finding => fieldOf(finding) === field.name)}
          example={props.example?.[field.name]}
          onEnter={value => onEnter({ ...entered, [field.name]: value })}
        />
      ))}
      <div class="buttons">
        <button type="submit" class="primary" disabled={props.isBusy}>
          {props.submit}
        </button>
        <button type="button" onClick={props.onCancel}>
          {text.cancel}
        </button>
      </div>
    </form>
  )
}

interface FieldRowProps {
  readonly id: string
  readonly field: Field
  readonly entered: string
  readonly findings: readonly Finding[]
  readonly example: unknown
  readonly onEnter: (value: string) => void
}

function FieldRow({ id, field, entered, findings, example, onEnter }: FieldRowProps) {
  const isJson = field.type === 'array' || field.type === 'object'
  return (
    <div class="field">
      <label for={id}>
        {title(field.name)}
        {!field.isRequired && <span class="muted"> {text.optional}</span>}
      </label>
      <div>
        <Control
          id={id}
          field={field}
          entered={entered}
          onEnter={onEnter}
          describedBy={`${id}-about`}
          isInvalid={findings.length > 0}
          required={field.isRequired}
        />
        <p id={`${id}-about`} class="about">
          {findings.map(({ detail }) => (
            <strong key={detail} class="finding">
              {title(field.name)} {detail}.{' '}
            </strong>
          ))}
          {field.description}
          {isJson && example !== undefined && (
            <>
              {' '}
              {text.suchAs} <code>{JSON.stringify(example)}</code>
            </>
          )}
        </p>
      </div>
    </div>
  )
}
