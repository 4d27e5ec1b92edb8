// A field in a form, with its description and what is wrong with it: a control, the members of an object, or the items of a list.

import { useEffect, useRef } from 'preact/hooks'
import type { Finding } from './ask.ts'
import { Control } from './control.tsx'
import { type Entry, isGroup, isList, newEntry } from './entry.ts'
import { pathOf } from './parts.tsx'
import type { Field } from './schema.ts'
import { text, title } from './text.ts'

interface FieldRowProps {
  readonly id: string
  /** Where it is in the body: `lines/0/quantity`. */
  readonly path: string
  readonly field: Field
  readonly entry: Entry
  /** Of the whole form. */
  readonly findings: readonly Finding[]
  readonly example?: unknown
  readonly onEnter: (entry: Entry) => void
}

export function FieldRow(props: FieldRowProps) {
  const { field } = props
  if (field.item?.words !== undefined) return <WordChoice {...props} />
  if (field.item !== undefined) return <ItemList {...props} item={field.item} />
  if (field.members !== undefined) return <MemberGroup {...props} members={field.members} />
  return <ControlRow {...props} />
}

const of = (path: string, findings: readonly Finding[]) =>
  findings.filter(finding => pathOf(finding) === path)

function ControlRow({ id, path, field, entry, findings, example, onEnter }: FieldRowProps) {
  const isJson = field.type === 'array' || field.type === 'object'
  const own = findings.filter(finding => `${pathOf(finding)}/`.startsWith(`${path}/`))
  return (
    <div class="field">
      <label for={id}>
        <Name field={field} />
      </label>
      <div>
        <Control
          id={id}
          field={field}
          entered={isList(entry) || isGroup(entry) ? '' : entry}
          onEnter={onEnter}
          describedBy={`${id}-about`}
          isInvalid={own.length > 0}
          required={field.isRequired}
        />
        <About id={`${id}-about`} field={field} findings={own}>
          {isJson && example !== undefined && (
            <>
              {' '}
              {text.suchAs} <code>{JSON.stringify(example)}</code>
            </>
          )}
        </About>
      </div>
    </div>
  )
}

function Name({ field: { name, isRequired } }: { field: Field }) {
  return (
    <>
      {title(name)}
      {!isRequired && <span class="muted"> {text.optional}</span>}
    </>
  )
}

interface AboutProps {
  readonly id: string
  readonly field: Field
  readonly findings: readonly Finding[]
  readonly children?: preact.ComponentChildren
}

function About({ id, field: { name, description }, findings, children }: AboutProps) {
  return (
    <p id={id} class="about">
      {findings.map(({ detail }) => (
        <strong key={detail} class="finding">
          {title(name)} {detail}.{' '}
        </strong>
      ))}
      {description}
      {children}
    </p>
  )
}

interface FieldsetProps {
  readonly id: string
  readonly field: Field
  readonly children: preact.ComponentChildren
}

/** A field that is entered by several controls. */
function Fieldset({ id, field, children }: FieldsetProps) {
  return (
    <fieldset class="field" aria-describedby={`${id}-about`}>
      <legend>
        <Name field={field} />
      </legend>
      {children}
    </fieldset>
  )
}

/** A list of words of which each is there or not. */
function WordChoice({ id, path, field, entry, findings, onEnter }: FieldRowProps) {
  const chosen = isList(entry) ? entry : []
  const own = of(path, findings)
  const toggle = (word: string) =>
    onEnter(chosen.includes(word) ? chosen.filter(each => each !== word) : [...chosen, word])
  return (
    <Fieldset id={id} field={field}>
      <div class="words">
        {field.item?.words?.map(word => (
          <label key={word}>
            <input
              type="checkbox"
              checked={chosen.includes(word)}
              aria-invalid={own.length > 0 ? 'true' : undefined}
              onChange={() => toggle(word)}
            />{' '}
            {word}
          </label>
        ))}
        <About id={`${id}-about`} field={field} findings={own} />
      </div>
    </Fieldset>
  )
}

interface GroupProps extends FieldRowProps {
  readonly members: readonly Field[]
}

function MemberGroup({ members, ...props }: GroupProps) {
  const { id, field, entry, path, findings, onEnter } = props
  const isThere = isGroup(entry)
  return (
    <Fieldset id={id} field={field}>
      <div class="group">
        <About id={`${id}-about`} field={field} findings={of(path, findings)} />
        {isThere && <Members {...props} members={members} />}
        {!isThere && (
          <button type="button" onClick={() => onEnter(newEntry({ ...field, initial: undefined }))}>
            {text.add(title(field.name))}
          </button>
        )}
        {isThere && !field.isRequired && (
          <button type="button" class="quiet" onClick={() => onEnter('')}>
            {text.takeAway(title(field.name))}
          </button>
        )}
      </div>
    </Fieldset>
  )
}

function Members({ members, id, path, entry, findings, onEnter }: GroupProps) {
  const entered = isGroup(entry) ? entry : {}
  return (
    <div class="members">
      {members.map(member => (
        <FieldRow
          key={member.name}
          id={`${id}-${member.name}`}
          path={`${path}/${member.name}`}
          field={member}
          entry={entered[member.name] ?? ''}
          findings={findings}
          onEnter={each => onEnter({ ...entered, [member.name]: each })}
        />
      ))}
    </div>
  )
}

interface ItemListProps extends FieldRowProps {
  readonly item: Field
}

function ItemList({ item, ...props }: ItemListProps) {
  const { id, path, field, entry, findings, onEnter } = props
  const items = isList(entry) ? entry : []
  const list = useRef<HTMLOListElement>(null)
  const isGrown = useRef(false)
  useEffect(() => {
    if (isGrown.current)
      list.current?.lastElementChild?.querySelector<HTMLElement>('input, select, textarea')?.focus()
    isGrown.current = false
  }, [items.length])
  const add = () => {
    isGrown.current = true
    onEnter([...items, newEntry(item)])
  }
  return (
    <Fieldset id={id} field={field}>
      <div class="group">
        <About id={`${id}-about`} field={field} findings={of(path, findings)} />
        {items.length > 0 && (
          <ol ref={list} class="items">
            {items.map((each, at) => (
              <li key={at}>
                <Item
                  id={`${id}-${at}`}
                  path={`${path}/${at}`}
                  field={{ ...item, name: `${title(field.name)} ${at + 1}` }}
                  entry={each}
                  findings={findings}
                  onEnter={entered => onEnter(items.with(at, entered))}
                />
                <button
                  type="button"
                  class="quiet"
                  aria-label={text.takeAway(`${title(field.name)} ${at + 1}`)}
                  onClick={() => onEnter(items.toSpliced(at, 1))}
                >
                  ×
                </button>
              </li>
            ))}
          </ol>
        )}
        <button type="button" onClick={add}>
          {text.addItem(title(field.name))}
        </button>
      </div>
    </Fieldset>
  )
}

function Item(props: FieldRowProps) {
  const { id, path, field, entry, findings } = props
  if (field.members !== undefined) return <Members {...props} members={field.members} />
  if (field.item !== undefined) return <FieldRow {...props} />
  const own = of(path, findings)
  return (
    <div class="item">
      <Control
        id={id}
        field={field}
        entered={isList(entry) || isGroup(entry) ? '' : entry}
        onEnter={props.onEnter}
        label={field.name}
        describedBy={own.length > 0 ? `${id}-about` : undefined}
        isInvalid={own.length > 0}
      />
      {own.length > 0 && (
        <About id={`${id}-about`} field={{ ...field, description: '' }} findings={own} />
      )}
    </div>
  )
}
