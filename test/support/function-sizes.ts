// How long the functions of a source are.

import ts from 'typescript'

interface FunctionSize {
  /** The name of the function, or the line where one without a name begins. */
  readonly name: string
  readonly lines: number
}

/** Every function with a body: methods, accessors and arrow functions too. */
export function functionSizes(path: string, text: string): FunctionSize[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  const lineAt = (position: number) => source.getLineAndCharacterOfPosition(position).line + 1
  const sizes: FunctionSize[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined) {
      const first = lineAt(node.getStart())
      sizes.push({
        name: `${path}: ${node.name?.getText() ?? `line ${first}`}`,
        lines: lineAt(node.end) - first + 1,
      })
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return sizes
}
