// Filters by a field of the row that a reference leads to: `customer.country`.

import { didYouMean } from './did-you-mean.ts'
import type { Model, Through } from './model.ts'

/** The models with what `filterableThrough` names. Called when they know what can be included with their rows. */
export function withThrough(
  models: readonly Model[],
  namesOf: (model: Model) => readonly string[],
  report: (model: Model, mistake: string) => void,
): readonly Model[] {
  return models.map(model => {
    const through = namesOf(model).flatMap(name => {
      const found = findThrough(model, models, name)
      if (typeof found !== 'string') return [found]
      report(model, `${name} is named in filterableThrough, but ${found}`)
      return []
    })
    return through.length === 0 ? model : Object.freeze({ ...model, through })
  })
}

/** The field that the name stands for, or the reason why it stands for none. */
function findThrough(model: Model, models: readonly Model[], name: string): Through | string {
  const [first = '', last = '', ...rest] = name.split('.')
  const referred = model.includes.filter(({ by }) => by === 'reference')
  const include = referred.find(each => each.name === first)
  if (include === undefined || last === '' || rest.length > 0)
    return `it must be the name of a row that is referred to, a dot, and a field of it${examples(referred, first)}`
  const target = models.find(each => each.name === include.model) as Model
  const field = target.filterable.find(each => each.name === last)
  if (field !== undefined) return { name, reference: include.field, target, field }
  const known = target.filterable.map(each => each.name)
  return `${target.name} are not filtered by ${last}${didYouMean(last, known)}`
}

function examples(referred: Model['includes'], first: string): string {
  const names = referred.map(({ name }) => name)
  if (names.length === 0) return '; there is no such row here'
  return didYouMean(first, names) || `, which can be ${names.join(', ')}`
}
