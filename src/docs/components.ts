// What the operations of the document share, hoisted to its components and referred to.

export type Kind = 'schemas' | 'parameters' | 'headers' | 'responses'

export type Components = Record<Kind, Record<string, object>>

/** Collects components by name and gives references to them. */
export class Hoist {
  readonly components: Record<Kind, Record<string, object>> = {
    parameters: {},
    headers: {},
    responses: {},
    schemas: {},
  }

  /** Refuses another component of the same name: the last one would win silently. */
  ref(kind: Kind, name: string, component: object): { $ref: string } {
    const known = this.components[kind][name]
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(component))
      throw new Error(`Two different ${kind} of the document have the name '${name}'.`)
    this.components[kind][name] = component
    return { $ref: `#/components/${kind}/${name}` }
  }

  /**
   * A reference where the name is free or stands for the same already; otherwise the component itself. For names that are
   * put together from those of resources, which may turn out alike.
   */
  shared(kind: Kind, name: string, component: object): object {
    const known = this.components[kind][name]
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(component)) return component
    return this.ref(kind, name, component)
  }
}
