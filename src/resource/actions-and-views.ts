// Actions and views as the engine sees them: what callers send to them is read like the fields of a resource.

import type { TObject } from '@sinclair/typebox'
import type { OwnAction, OwnView } from './actions.ts'
import type { Field, JsonSchema, Report } from './field.ts'
import { reservedMember } from './keywords.ts'
import { pascalCase } from './model.ts'

interface Options {
  readonly actions?: Readonly<Record<string, object>>
  readonly views?: Readonly<Record<string, object>>
}

/** `where`: the name of a field, in the words of a mistake. */
type ToField = (where: string, schema: JsonSchema, optional: boolean) => Field

interface Reading {
  readonly toField: ToField
  readonly report: Report
}

/** `component`: that of the resource, with which the names of its actions and views begin in the document. */
export function actionsAndViews(
  { actions = {}, views = {} }: Options,
  component: string,
  reading: Reading,
): { readonly actions: readonly OwnAction[]; readonly views: readonly OwnView[] } {
  const derived = (name: string, definition: object) => ({
    on: 'member',
    ...definition,
    name,
    component: component + pascalCase(name),
  })
  return {
    actions: Object.entries(actions).map(([name, definition]) => {
      const { body } = definition as { body?: TObject }
      return { ...derived(name, definition), ...(body && { body: toFields(body, name, reading) }) }
    }) as unknown as readonly OwnAction[],
    views: Object.entries(views).map(([name, definition]) => {
      const { parameters } = definition as { parameters?: TObject }
      const fields = parameters && toFields(parameters, name, reading)
      return { ...derived(name, definition), ...(fields && { parameters: fields }) }
    }) as unknown as readonly OwnView[],
  }
}

/** A member that may be left out is undefined then, and never null. */
function toFields(
  { properties, required = [] }: TObject,
  of: string,
  { toField, report }: Reading,
): Field[] {
  return Object.entries(properties).map(([name, schema]) => {
    const where = `${of}.${name}`
    const mistake = reservedMember(name) ?? sendingMistake(schema)
    if (mistake !== undefined) report(where, mistake)
    return { ...toField(where, schema, !required.includes(name)), name, nullable: false }
  })
}

/** Why callers cannot send such a value; nothing where they can. */
function sendingMistake({ made, readOnly, ...schema }: JsonSchema): string | undefined {
  if (made !== undefined || readOnly === true)
    return 'is set by the server, so nobody can send it: leave it out, or write its type'
  if (schema.from !== undefined)
    return 'is the value of another row, so nobody can send it: ask db for it'
  const keyword = ['fixed', 'scope'].find(keyword => schema[keyword] !== undefined)
  return keyword && `has ${keyword}, which only a field of a resource can have`
}
