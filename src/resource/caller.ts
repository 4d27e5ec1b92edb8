// The caller of a request, as the code of definitions sees it.

export interface Caller {
  /** Always the same for one caller: `key:7`, `token:<issuer>#<subject>`, `anonymous`, `open`. */
  readonly id: string
  /** `open`: any caller of a service that asks for no credentials. */
  readonly kind: 'key' | 'token' | 'anonymous' | 'open'
  /** The name of its plan, if it has one. */
  readonly plan: string | undefined
  /** The scopes of the caller: `books:read`, `books:write`, `books:admin`, `keys:admin`, or `*` for everything. */
  readonly scopes: ReadonlySet<string>
  /** Further claims of its token or its key, such as `{ customer_id: 3 }`. */
  readonly claims: Readonly<Record<string, unknown>>
}
