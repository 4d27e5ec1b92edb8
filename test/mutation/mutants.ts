// Small faults put into a source text, one at a time: what a test suite should notice.

import ts from 'typescript'

export interface Mutant {
  readonly file: string
  readonly line: number
  /** Where the changed text starts and ends in the source. */
  readonly start: number
  readonly end: number
  readonly replacement: string
}

/** Every mutant of a source file, in the order of the text. */
export function sourceToMutants(file: string, text: string): readonly Mutant[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  const found: Mutant[] = []
  const visit = (node: ts.Node): void => {
    if (isOnlyTypes(node)) return
    for (const { target, replacement } of changes(node, source)) {
      const start = target.getStart(source)
      const line = source.getLineAndCharacterOfPosition(start).line + 1
      found.push({ file, line, start, end: target.getEnd(), replacement })
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

export function applyMutant(text: string, { start, end, replacement }: Mutant): string {
  return text.slice(0, start) + replacement + text.slice(end)
}

interface Change {
  readonly target: ts.Node
  readonly replacement: string
}

function isOnlyTypes(node: ts.Node): boolean {
  return ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isImportDeclaration(node)
}

function changes(node: ts.Node, source: ts.SourceFile): readonly Change[] {
  return [
    ...invertedCondition(node, source),
    ...otherOperator(node, source),
    ...droppedStatement(node),
    ...otherLiteral(node),
    ...droppedElement(node, source),
  ]
}

/** `if (a)` becomes `if (!(a))`; of a comparison the operator is changed instead. */
function invertedCondition(node: ts.Node, source: ts.SourceFile): readonly Change[] {
  const condition = conditionOf(node)
  if (condition === undefined || (ts.isBinaryExpression(condition) && otherOperatorOf(condition)))
    return []
  return [{ target: condition, replacement: `!(${condition.getText(source)})` }]
}

function conditionOf(node: ts.Node): ts.Expression | undefined {
  if (ts.isIfStatement(node) || ts.isWhileStatement(node)) return node.expression
  return ts.isConditionalExpression(node) ? node.condition : undefined
}

const operators = new Map<ts.SyntaxKind, string>([
  [ts.SyntaxKind.AmpersandAmpersandToken, '||'],
  [ts.SyntaxKind.BarBarToken, '&&'],
  [ts.SyntaxKind.EqualsEqualsEqualsToken, '!=='],
  [ts.SyntaxKind.ExclamationEqualsEqualsToken, '==='],
  [ts.SyntaxKind.LessThanToken, '<='],
  [ts.SyntaxKind.LessThanEqualsToken, '<'],
  [ts.SyntaxKind.GreaterThanToken, '>='],
  [ts.SyntaxKind.GreaterThanEqualsToken, '>'],
  [ts.SyntaxKind.MinusToken, '+'],
])

/** What is compared with a clock is reversed, because no test can meet the very moment. */
const reversed = new Map<ts.SyntaxKind, string>([
  [ts.SyntaxKind.LessThanToken, '>='],
  [ts.SyntaxKind.LessThanEqualsToken, '>'],
  [ts.SyntaxKind.GreaterThanToken, '<='],
  [ts.SyntaxKind.GreaterThanEqualsToken, '<'],
])

function isOfClock(...operands: readonly string[]): boolean {
  return operands.some(text => /\bperformance\.now\(\)|\belapsedTime\b/.test(text))
}

function otherOperatorOf({ operatorToken }: ts.BinaryExpression): string | undefined {
  return operators.get(operatorToken.kind)
}

function otherOperator(node: ts.Node, source: ts.SourceFile): readonly Change[] {
  if (!ts.isBinaryExpression(node)) return []
  const [left, right] = [node.left.getText(source), node.right.getText(source)]
  const reverse = isOfClock(left, right) ? reversed.get(node.operatorToken.kind) : undefined
  const other = reverse ?? otherOperatorOf(node)
  if (other === undefined) return []
  // `||` and `??` may not stand side by side without parentheses.
  const isLogical = other === '||' || other === '&&'
  return [
    {
      target: node,
      replacement: isLogical ? `((${left}) ${other} (${right}))` : `${left} ${other} ${right}`,
    },
  ]
}

/** What is done is not done: a call, an assignment, a `throw`, an early `return`. */
function droppedStatement(node: ts.Node): readonly Change[] {
  const isGuard = ts.isReturnStatement(node) && ts.isIfStatement(node.parent)
  return ts.isExpressionStatement(node) || ts.isThrowStatement(node) || isGuard
    ? [{ target: node, replacement: ';' }]
    : []
}

function otherLiteral(node: ts.Node): readonly Change[] {
  if (node.kind === ts.SyntaxKind.TrueKeyword) return [{ target: node, replacement: 'false' }]
  if (node.kind === ts.SyntaxKind.FalseKeyword) return [{ target: node, replacement: 'true' }]
  if (!ts.isNumericLiteral(node)) return []
  return [{ target: node, replacement: String(otherNumber(Number(node.text))) }]
}

/** Small numbers count or index things. A large one is a bound, and one more of a thousand is hardly another bound. */
function otherNumber(value: number): number {
  return value < 10 ? value + 1 : 2 * value
}

/** A list of several words or objects loses its first. */
function droppedElement(node: ts.Node, source: ts.SourceFile): readonly Change[] {
  if (!ts.isArrayLiteralExpression(node) || node.elements.length < 2) return []
  const [first, ...others] = node.elements
  if (first === undefined || !ts.isStringLiteral(first)) return []
  return [
    { target: node, replacement: `[${others.map(element => element.getText(source)).join(', ')}]` },
  ]
}
