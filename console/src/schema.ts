// A field as its schema describes it (OpenAPI 3.1).

export interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly format?: string
  readonly enum?: readonly unknown[]
  readonly items?: Schema
  readonly allOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly anyOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly description?: string
  readonly default?: unknown
  readonly readOnly?: boolean
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly 'x-refers-to'?: string
  readonly 'x-included'?: boolean
}

export type Schemas = Readonly<Record<string, Schema>>

export interface Field {
  readonly name: string
  readonly description: string
  /** Of JSON: `string`, `integer`, `number`, `boolean`, `array`, `object`. */
  readonly type: string
  readonly format: string
  /** The words that it may have; those of its items, for a list. */
  readonly words: readonly string[] | undefined
  readonly isNullable: boolean
  readonly isRequired: boolean
  readonly isReadOnly: boolean
  readonly initial: unknown
  readonly maxLength: number | undefined
  readonly minimum: number | undefined
  readonly maximum: number | undefined
  /** The resource whose key it holds. */
  readonly refersTo: string | undefined
  /** Of an object, where they are known. */
  readonly members: readonly Field[] | undefined
  /** What each item of a list is, where that is known. */
  readonly item: Field | undefined
  /** Of a parameter: whether its items stand in one value, with commas between them. */
  readonly isJoined?: boolean
}

export interface Named {
  readonly schemas: Schemas
  readonly name: string
  readonly schema: Schema
  readonly description?: string | undefined
  readonly required: boolean
  /** How many objects and lists it is in. */
  readonly depth?: number
}

export function fieldsOf(schemas: Schemas, schema: Schema, depth = 0): readonly Field[] {
  const { properties = {}, required = [] } = resolve(schemas, schema)
  const own = Object.entries(properties).filter(([, member]) => !isIncluded(schemas, member))
  return own.map(([name, member]) =>
    toField({ schemas, name, schema: member, required: required.includes(name), depth }),
  )
}

/** Rows that are members only where they are asked for; the pages ask for them by their own addresses. */
function isIncluded(schemas: Schemas, member: Schema): boolean {
  return resolve(schemas, member)['x-included'] === true
}

export function toField(named: Named): Field {
  const { schemas, name, schema, description, required } = named
  const resolved = resolve(schemas, schema)
  const { items } = resolved
  const inner = items === undefined ? undefined : resolve(schemas, items)
  const types = [resolved.type ?? 'object'].flat()
  return {
    name,
    description: description ?? resolved.description ?? '',
    type: types.find(type => type !== 'null') ?? 'string',
    format: resolved.format ?? inner?.format ?? '',
    words: (resolved.enum ?? inner?.enum)?.filter(word => word !== null).map(String),
    isNullable: types.includes('null'),
    isRequired: required,
    isReadOnly: resolved.readOnly === true,
    initial: resolved.default,
    maxLength: resolved.maxLength,
    minimum: resolved.minimum,
    maximum: resolved.maximum,
    refersTo: resolved['x-refers-to'],
    ...partsOf(resolved, named),
  }
}

/** A schema may be a part of itself. */
const deepest = 4

/** A form has controls for members and items, unless there are several kinds of them. */
function partsOf(schema: Schema, { schemas, depth = 0 }: Named): Pick<Field, 'members' | 'item'> {
  const { items, properties, oneOf, anyOf } = schema
  const isKnown = depth < deepest && oneOf === undefined && anyOf === undefined
  const item = isKnown && items !== undefined ? { name: '', schema: items } : undefined
  return {
    members: isKnown && properties !== undefined ? fieldsOf(schemas, schema, depth + 1) : undefined,
    item: item && toField({ ...item, schemas, required: true, depth: depth + 1 }),
  }
}

/** Without `$ref` and `allOf`. */
function resolve(schemas: Schemas, { $ref, allOf = [], ...schema }: Schema): Schema {
  const named = $ref === undefined ? undefined : schemas[$ref.split('/').at(-1) ?? '']
  const parts = [...(named === undefined ? [] : [named]), ...allOf]
  return Object.assign({}, ...parts.map(part => resolve(schemas, part)), schema)
}
