// A statement as a value: text and values travel together until a driver takes them.

/** The pieces of text around the values: one more than there are values. */
export interface Sql {
  readonly text: readonly string[]
  readonly values: readonly unknown[]
}

/** Whether a value was built by `sql`; no JSON is like it. */
export function isSql(value: unknown): value is Sql {
  const { text } = Object(value)
  return Array.isArray(text) && 'raw' in text
}

/** Builds a statement from a template; every `${value}` becomes a bound parameter, never text. */
export function sql(text: TemplateStringsArray, ...values: readonly unknown[]): Sql {
  return { text, values }
}
