// A service's description of itself.

/** A service's description of itself, in the members of the document (OpenAPI 3.1 §4.8.2). */
export interface About {
  readonly title: string
  readonly version: string
  /** In Markdown. It comes before what holds for every operation. */
  readonly description?: string
  readonly termsOfService?: string
  readonly contact?: { readonly name?: string; readonly url?: string; readonly email?: string }
  readonly license?: { readonly name: string; readonly identifier?: string; readonly url?: string }
  /** Other addresses at which it is served. */
  readonly servers?: readonly { readonly url: string; readonly description?: string }[]
}

/** The title of a service that has none. */
export const untitled = 'API'
