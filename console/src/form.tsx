// A form for the members of a body: what is wrong with one stands beside it, and what was entered stays.

import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { Problem } from './ask.ts'
import type { Entered } from './entry.ts'
import { FieldRow } from './field-row.tsx'
import { ProblemNote } from './parts.tsx'
import type { Field } from './schema.ts'
import { text } from './text.ts'

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
          path={field.name}
          field={field}
          entry={entered[field.name] ?? ''}
          findings={problem?.errors ?? []}
          example={props.example?.[field.name]}
          onEnter={entry => onEnter({ ...entered, [field.name]: entry })}
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
