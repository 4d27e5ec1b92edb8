// Where the rows of a model are served: at the model's own address, or below a parent.

import type { Parameter } from '../query/parameter.ts'
import { type Below, parentKeyExample, rowExample } from '../resource/example.ts'
import type { Field } from '../resource/field.ts'
import type { Model, Reference } from '../resource/model.ts'
import type { Shapes } from '../resource/shapes.ts'

interface Place {
  readonly parent?: Reference
  readonly parentModel?: Model | undefined
}

export class Address {
  readonly model: Model
  readonly parent: Reference | undefined
  readonly parentModel: Model | undefined
  readonly shapes: Shapes

  constructor(model: Model, shapes: Shapes, { parent, parentModel }: Place = {}) {
    this.model = model
    this.shapes = shapes
    this.parent = parent
    this.parentModel = parentModel
  }

  get below(): Below | undefined {
    if (this.parent === undefined || this.parentModel === undefined) return undefined
    return { field: this.parent.field, key: parentKeyExample(this.parentModel) }
  }

  get collection(): string {
    const below =
      this.parent === undefined ? '' : `/${this.parent.model}/{${this.parent.field.name}}`
    return `${below}/${this.model.name}`
  }

  get member(): string {
    return `${this.collection}/{${this.model.key.name}}`
  }

  parametersOf(on: 'collection' | 'member'): readonly Parameter[] {
    return on === 'member' ? this.memberParameters() : this.#collectionParameters
  }

  get #collectionParameters(): readonly Parameter[] {
    const { below, parentModel, model } = this
    return below === undefined ? [] : [pathParameter(below.field, parentModel ?? model, below.key)]
  }

  /** The parameters of a row's address. `key`: that of the row in the example. */
  memberParameters(
    key: unknown = rowExample(this.model, this.below)[this.model.key.name],
  ): readonly Parameter[] {
    return [...this.#collectionParameters, pathParameter(this.model.key, this.model, key)]
  }
}

function pathParameter({ name, schema }: Field, named: Model, example: unknown): Parameter {
  const { description: _, examples: __, ...limits } = schema
  return { name, description: `The ${named.singular}`, schema: limits, example }
}
