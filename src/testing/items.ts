// The operations of a document, each with what its address and the document say for all.

interface Operation {
  readonly parameters?: readonly object[]
}

interface Described {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly security?: readonly object[]
}

/** By address, then by method. */
export function itemsOf<O extends object>({
  paths,
  security = [],
}: Described): Record<string, Record<string, O>> {
  const items = Object.entries(paths).map(([path, { parameters = [], ...methods }]) => {
    const whole = Object.entries(methods as Record<string, O>).map(([method, operation]) => [
      method,
      {
        security,
        ...operation,
        parameters: [...(parameters as object[]), ...((operation as Operation).parameters ?? [])],
      },
    ])
    return [path, Object.fromEntries(whole)]
  })
  return Object.fromEntries(items)
}
