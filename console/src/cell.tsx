// A value in a table or on the page of a row; a reference is a link, with the name of the row that it leads to.

import { useEffect, useState } from 'preact/hooks'
import { fill } from './address.ts'
import { ask } from './ask.ts'
import { may } from './caller.ts'
import type { Resource } from './document.ts'
import type { Row } from './save.ts'
import type { Field } from './schema.ts'
import { type Session, useSession } from './session.ts'
import { text } from './text.ts'
import { nameField, toShown } from './values.ts'

export function Value({ field, value, names }: { field: Field; value: unknown; names: Names }) {
  const { base, api } = useSession()
  if (value === null || value === undefined)
    return (
      <span class="muted">
        <span aria-hidden="true">{text.none}</span>
        <span class="hidden">{text.empty}</span>
      </span>
    )
  const target =
    field.refersTo === undefined ? undefined : referredResource(api.resources, field.refersTo)
  if (target?.member)
    return [value].flat().map((key, at) => (
      <span key={String(key)}>
        {at > 0 && ', '}
        <a href={base + fill(target.member ?? '', { [target.key]: key })}>
          {names[target.name]?.[String(key)] ?? String(key)}
        </a>
      </span>
    ))
  if (field.format === 'uri' && /^https?:/.test(String(value)))
    return (
      <a href={String(value)} rel="external noreferrer" target="_blank">
        {String(value)}
      </a>
    )
  if (field.format === 'date-time')
    return <time dateTime={String(value)}>{toShown(value, field)}</time>
  if (field.words !== undefined && typeof value === 'string')
    return <span class="word">{value}</span>
  return <>{toShown(value, field)}</>
}

/** By resource, then by key. */
export type Names = Readonly<Record<string, Readonly<Record<string, string>>>>

export function referredResource(resources: readonly Resource[], name: string) {
  return resources.find(each => each.name === name && !each.path.includes('{'))
}

/** The names of the rows that these rows refer to, with one request for each resource. */
export function useNames(fields: readonly Field[], rows: readonly Row[]): Names {
  const session = useSession()
  const [names, setNames] = useState<Names>({})
  useEffect(() => {
    const referring = fields.filter(({ refersTo }) => refersTo !== undefined)
    const wanted = Map.groupBy(referring, ({ refersTo }) => String(refersTo))
    for (const [name, of] of wanted) {
      const keys = new Set(rows.flatMap(row => of.flatMap(field => row[field.name] ?? [])))
      loadNames(session, name, [...keys].slice(0, 100)).then(found =>
        setNames(known => ({ ...known, [name]: { ...known[name], ...found } })),
      )
    }
  }, [fields, rows])
  return names
}

async function loadNames(session: Session, name: string, keys: readonly unknown[]) {
  const resource = referredResource(session.api.resources, name)
  if (resource === undefined || keys.length === 0 || !may(session, resource.list)) return {}
  const { key, path, fields } = resource
  const called = nameField(fields, key)
  const query = new URLSearchParams(keys.map(value => [key, String(value)]))
  const chosen = [...new Set([key, called])].join(',')
  const address = `${session.base}${path}?fields=${chosen}&limit=100&${query}`
  const { value, problem } = await ask('GET', address)
  if (problem !== undefined) return {}
  return Object.fromEntries(
    (value as Row[]).flatMap(row =>
      row[called] === null ? [] : [[String(row[key]), String(row[called])]],
    ),
  )
}
