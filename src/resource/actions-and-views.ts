// Actions and views as the engine sees them: what callers send to them is read like the fields of a resource.

import type { TObject } from '@sinclair/typebox'
import type { OwnAction, OwnView } from './actions.ts'
import type { Field, JsonSchema } from './field.ts'
import { pascalCase } from './model.ts'

interface Options {
  readonly actions?: Readonly<Record<string, object>>
  readonly views?: Readonly<Record<string, object>>
}

/** `where`: the name of a field, in the words of a mistake. */
type ToField = (where: string, schema: JsonSchema, optional: boolean) => Field

/** `component`: that of the resource, with which the names of its actions and views begin in the document. */
export function actionsAndViews(
  { actions = {}, views = {} }: Options,
  component: string,
  toField: ToField,
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
      return { ...derived(name, definition), ...(body && { body: toFields(body, name, toField) }) }
    }) as unknown as readonly OwnAction[],
    views: Object.entries(views).map(([name, definition]) => {
      const { parameters } = definition as { parameters?: TObject }
      const fields = parameters && toFields(parameters, name, toField)
      return { ...derived(name, definition), ...(fields && { parameters: fields }) }
    }) as unknown as readonly OwnView[],
  }
}

/** A member that may be left out is undefined then, and never null. */
function toFields({ properties, required = [] }: TObject, of: string, toField: ToField) {
  return Object.entries(properties).map(([name, schema]) => ({
    ...toField(`${of}.${name}`, schema, !required.includes(name)),
    name,
    nullable: false,
  }))
}
