// A call as what is written on top of the typed ones sees it.

export interface Init {
  readonly params?: { readonly query?: object; readonly header?: object; readonly path?: object }
  readonly parseAs?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly fetch?: (request: Request) => Promise<Response>
}

export type Untyped = (
  path: string,
  init?: Init,
) => Promise<{ readonly data?: unknown; readonly response: Response }>
