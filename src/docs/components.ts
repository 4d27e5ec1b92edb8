// The components of the document, which its operations share by reference.

export type ComponentKind = 'schemas' | 'parameters' | 'headers' | 'responses'

export type Components = Record<ComponentKind, Record<string, object>>

const suffixes: Readonly<Record<ComponentKind, string>> = {
  schemas: 'Schema',
  parameters: 'Parameter',
  headers: 'Header',
  responses: 'Response',
}

/** Collects components by name and gives references to them. */
export class ComponentRegistry {
  readonly #constant = new Map<string, { $ref: string }>()
  readonly components: Record<ComponentKind, Record<string, object>>

  /** `schemas`: the existing ones. */
  constructor(schemas: Readonly<Record<string, object>>) {
    this.components = { parameters: {}, headers: {}, responses: {}, schemas: { ...schemas } }
  }

  /** A reference to the component. Throws if another one has the same name, because one would silently replace the other. */
  ref(kind: ComponentKind, name: string, component: object): { $ref: string } {
    const known = this.components[kind][name]
    if (known !== undefined && !isSame(known, component))
      throw new Error(`Two different ${kind} of the document have the name '${name}'.`)
    this.components[kind][name] = component
    return { $ref: `#/components/${kind}/${name}` }
  }

  /** The same for a component that is always the same under its name: it is made once. */
  constantRef(kind: ComponentKind, name: string, make: () => object): { $ref: string } {
    const key = `${kind}/${name}`
    const reference = this.#constant.get(key) ?? this.ref(kind, name, make())
    this.#constant.set(key, reference)
    return reference
  }

  /**
   * A reference if the name is free or already means the same component; otherwise the component itself. It is for names
   * that are composed of the names of resources, because two of them may be equal.
   */
  refOrInline(kind: ComponentKind, name: string, component: object): object {
    const free = kind === 'schemas' ? name : this.#unlikeSchemas(kind, name)
    const known = this.components[kind][free]
    if (known !== undefined && !isSame(known, component)) return component
    return this.ref(kind, free, component)
  }

  /** Some generators use the names of all kinds of components for types. */
  #unlikeSchemas(kind: ComponentKind, name: string): string {
    return name in this.components.schemas ? `${name}${suffixes[kind]}` : name
  }
}

/** Most are one and the same object. */
function isSame(one: object, other: object): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other)
}
