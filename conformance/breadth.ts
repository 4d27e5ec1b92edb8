// How much of the document a run has exercised: its operations, parameters, bodies and answers.

export interface Document {
  /** By address, then by method; beside the methods stand the parameters that all of them take. */
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation | Parameters>>>>
  readonly components: { readonly parameters: Readonly<Record<string, Parameter>> }
}

type Parameters = readonly (Parameter | { readonly $ref: string })[]

interface Operation {
  readonly parameters?: Parameters
  readonly requestBody?: { readonly content: Readonly<Record<string, object>> }
  readonly responses: Readonly<Record<string, object>>
}

interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
}

/** One request of the fuzzer and the status of its answer; `undefined` where there was none. */
export interface Exchange {
  readonly operation: string
  readonly parameters: readonly string[]
  readonly mediaType: string | undefined
  readonly status: number | undefined
}

/** Counts of what is documented and of what of that was met. Each thing is named once for each operation. */
export interface Breadth {
  readonly exchanges: number
  readonly operations: Part
  readonly succeeded: Part
  readonly parameters: Part
  readonly bodies: Part
  readonly statuses: Part
}

export interface Part {
  readonly all: number
  readonly missed: readonly string[]
}

/** Statuses are those that a caller can bring about: `default` and the faults of the server are not among them. */
export function breadthOf(document: Document, exchanges: Iterable<Exchange>): Breadth {
  const met = {
    operations: new Set<string>(),
    succeeded: new Set<string>(),
    things: new Set<string>(),
  }
  let count = 0
  for (const { operation, parameters, mediaType, status } of exchanges) {
    count++
    met.operations.add(operation)
    if (status !== undefined && status < 400) met.succeeded.add(operation)
    for (const thing of [...parameters, mediaType, status]) met.things.add(`${operation} ${thing}`)
  }
  const operations = operationsOf(document)
  const names = operations.map(({ name }) => name)
  const things = (list: (operation: Operation) => readonly string[]) =>
    operations.flatMap(({ name, operation }) => list(operation).map(thing => `${name} ${thing}`))
  return {
    exchanges: count,
    operations: part(names, met.operations),
    succeeded: part(names, met.succeeded),
    parameters: part(
      things(operation => parametersOf(document, operation)),
      met.things,
    ),
    bodies: part(
      things(({ requestBody }) => Object.keys(requestBody?.content ?? {})),
      met.things,
    ),
    statuses: part(
      things(({ responses }) => Object.keys(responses).filter(status => /^[1-4]/.test(status))),
      met.things,
    ),
  }
}

function part(all: readonly string[], met: ReadonlySet<string>): Part {
  return { all: all.length, missed: all.filter(name => !met.has(name)) }
}

function operationsOf({ paths }: Document): { name: string; operation: Operation }[] {
  return Object.entries(paths).flatMap(([path, { parameters, ...methods }]) =>
    Object.entries(methods as Record<string, Operation>).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      operation: {
        ...operation,
        parameters: [...((parameters ?? []) as Parameters), ...(operation.parameters ?? [])],
      },
    })),
  )
}

function parametersOf({ components }: Document, { parameters = [] }: Operation): string[] {
  return parameters
    .map(parameter =>
      '$ref' in parameter
        ? (components.parameters[parameter.$ref.split('/').at(-1) ?? ''] as Parameter)
        : parameter,
    )
    .map(parameter => `${parameter.in}:${parameter.name}`)
}

/** The breadth as lines to read, with what was missed; the statuses one by one, for they have many operations each. */
export function breadthToText({ exchanges, statuses, ...parts }: Breadth): string {
  const lines = Object.entries(parts).map(
    ([kind, part]) => `  ${kind.padEnd(11)} ${partToText(part)}`,
  )
  const missed = Map.groupBy(statuses.missed, name => name.split(' ').at(-1))
  const rare = [...missed].map(([status, names]) => `${status} at ${names.length}`).sort()
  const note = rare.length === 0 ? '' : `; not met: ${rare.join(', ')}`
  return [
    `  exchanges   ${exchanges}`,
    ...lines,
    `  statuses    ${statuses.all - statuses.missed.length} of ${statuses.all}${note}`,
  ].join('\n')
}

function partToText({ all, missed }: Part): string {
  return `${all - missed.length} of ${all}${missed.map(name => `\n      not ${name}`).join('')}`
}
