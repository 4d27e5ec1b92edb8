// Makes components of the parts of resources: nested objects and choices of words. Written out, they would become another
// type of the generated clients in each schema.

import type { JsonSchema } from '../resource/field.ts'
import { pascalCase } from '../resource/model.ts'
import { schemaRef } from '../resource/shapes.ts'
import { singularOf } from '../resource/singular.ts'

/** Schemas by their names. */
export type Schemas = Readonly<Record<string, JsonSchema>>

/** Names parts, and collects them. */
export class Parts {
  readonly #components: Record<string, JsonSchema> = {}
  /** In lower case, because generators use the names for files. */
  readonly #taken: Set<string>
  /** Their names by the text of their words; of two alike the first. */
  readonly #choices = new Map<string, string>()

  /** `taken`: the names of the other components. */
  constructor(taken: Iterable<string>) {
    this.#taken = new Set([...taken].map(name => name.toLowerCase()))
  }

  get components(): Readonly<Record<string, JsonSchema>> {
    return this.#components
  }

  /** The schema of an object, with references to the parts of its members. Their names begin with `owner`. */
  refer(owner: string, schema: JsonSchema): JsonSchema {
    const members = Object.entries((schema.properties ?? {}) as Schemas)
    const referred = members.map(([name, member]) => [name, this.#member(owner, name, member)])
    return {
      ...schema,
      ...(members.length === 0 ? {} : { properties: Object.fromEntries(referred) }),
    }
  }

  /** The part whose values are these words, if there is one. */
  find(words: unknown): { $ref: string } | undefined {
    const name = this.#choices.get(JSON.stringify(words))
    return name === undefined ? undefined : schemaRef({ $id: name })
  }

  /** Keywords of the member are added to its part by `allOf`, because many tools ignore keywords next to a `$ref`. */
  #member(owner: string, name: string, member: JsonSchema): JsonSchema {
    if (isPlain(member)) return member
    const { fixed, ...schema } = member
    const [ofMember, ofPart] = divide(schema)
    const part = this.#part(owner + pascalCase(name), ofPart)
    const said = fixed === true ? { ...ofMember, ...noting(part.description) } : ofMember
    const isBare = part.$ref === undefined || Object.keys(said).length === 0
    return isBare ? { ...part, ...said } : { allOf: [part], ...said }
  }

  #part(name: string, schema: JsonSchema): JsonSchema {
    if (schema.items !== undefined)
      return { ...schema, items: this.#part(itemName(name), schema.items as JsonSchema) }
    if (schema.properties !== undefined) return this.#keep(name, this.refer(name, schema))
    return schema.enum === undefined ? schema : this.#keep(name, schema)
  }

  /** Another part may already have the name, such as the same member in a patch, or a member of another resource. */
  #keep(name: string, schema: JsonSchema): { $ref: string } {
    const known = this.#components[name]
    if (known !== undefined && JSON.stringify(known) === JSON.stringify(schema))
      return schemaRef({ $id: name })
    if (this.#taken.has(name.toLowerCase())) return this.#keep(`${name}Part`, schema)
    this.#taken.add(name.toLowerCase())
    this.#components[name] = schema
    if (schema.enum !== undefined) this.#remember(schema.enum, name)
    return schemaRef({ $id: name })
  }

  #remember(words: unknown, name: string): void {
    const text = JSON.stringify(words)
    if (!this.#choices.has(text)) this.#choices.set(text, name)
  }
}

const keywordsOfMember = ['default', 'readOnly', 'writeOnly', 'deprecated']
const notable = [...keywordsOfMember, 'fixed', 'items', 'properties', 'enum']

/** Whether a member has no part, and says nothing of itself. Most are like that. */
function isPlain(member: JsonSchema): boolean {
  return !notable.some(keyword => keyword in member)
}

/** Divides the keywords into those of a member in one schema, and those of its values in every schema. */
function divide(schema: JsonSchema): [ofMember: JsonSchema, ofPart: JsonSchema] {
  const entries = Object.entries(schema)
  const isOfMember = ([keyword]: [string, unknown]) => keywordsOfMember.includes(keyword)
  return [
    Object.fromEntries(entries.filter(isOfMember)),
    Object.fromEntries(entries.filter(entry => !isOfMember(entry))),
  ]
}

function noting(description: unknown): JsonSchema {
  const note = 'Cannot be changed after creation'
  return { description: description === undefined ? note : `${description}. ${note}` }
}

/** `BookAuthor` of `BookAuthors`. */
function itemName(list: string): string {
  const item = singularOf(list)
  return item === list ? `${list}Item` : item
}
