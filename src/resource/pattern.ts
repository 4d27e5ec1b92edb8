// Patterns in bounded time: what could backtrack runs on RE2, whose time grows with the text and never beyond.

import { createRequire } from 'node:module'
import type * as Re2 from 're2js'
import { controlFree, jsonPointer, singleLine } from './format.ts'

export interface Matcher {
  test(text: string): boolean
}

/** An escape; two halves of a surrogate pair are one. */
const escaped = String.raw`\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|\\[pPu]\{[^}]*\}|\\.`

/** Tokens in which no mark of the pattern's structure is looked for: escapes and classes. */
const opaque = String.raw`${escaped}|\[(?:\\.|[^\]\\])*\]`

const all = (tokens: string) => new RegExp(tokens, 'gsu')

/** As many repetitions as a plain pattern asks for in all. */
const fewRepetitions = 100

/**
 * Whether no text can make the engine of JavaScript try much again: at most one part, of one character, may repeat itself
 * a varying number of times, and then only at the beginning of the text is it looked for.
 */
function isPlain(pattern: string): boolean {
  // Each of its parts begins with a character of its own.
  if (pattern === jsonPointer) return true
  if (/\\[1-9kbB]|\(\?(?:[=!]|<[=!])/.test(pattern)) return false
  const skeleton = pattern.replaceAll(all(opaque), 'x').replaceAll(/\(\?(?::|<\w+>)/g, '(')
  const counts = [...skeleton.matchAll(/\{(\d+)\}/g)].map(([, count]) => Number(count))
  const varying = skeleton.match(/[*+?]|\{\d+,\d*\}/g) ?? []
  if (/\)[*+?{]/.test(skeleton) || counts.reduce((sum, count) => sum + count, 0) > fewRepetitions)
    return false
  return (
    varying.length === 0 ||
    (varying.length === 1 && skeleton.startsWith('^') && !skeleton.includes('|'))
  )
}

/**
 * How a text is matched with a pattern, which is one of ECMA-262 with the flag `u`, as in JSON Schema (Core §6.4). Throws
 * an Error that says what is wrong with it.
 */
export function compilePattern(pattern: string): Matcher {
  const native = new RegExp(pattern, 'u')
  return isPlain(pattern) ? native : compileRe2(pattern)
}

/** Steps of RE2 that one text may take: some 100 ms where a text meets all of a pattern at each character. */
const maxSteps = 50_000_000

/** A mistake in the pattern of texts up to a length. */
export function patternMistake(pattern: string, maxLength: number): string | undefined {
  try {
    const matcher = compilePattern(pattern)
    // The engine of JavaScript matches plain patterns only, whose cost does not depend on them.
    if (matcher instanceof RegExp) return undefined
    const longest = Math.floor(maxSteps / (matcher as Re2.RE2JS).programSize())
    if (maxLength <= longest) return undefined
    return `has a pattern that costs too much for ${maxLength} characters: give it a maxLength of at most ${longest}`
  } catch (error) {
    return `has a pattern that ${error instanceof SyntaxError ? 'is no regular expression' : 'cannot be used'}: ${(error as Error).message}`
  }
}

/** Loaded where a pattern needs it: none of the shipped definitions has such a one. */
function re2(): typeof Re2 {
  return createRequire(import.meta.url)('re2js')
}

function compileRe2(pattern: string): Matcher {
  if (/\(\?(?:[=!]|<[=!])/.test(pattern.replaceAll(all(opaque), 'x')))
    throw new Error('looking ahead or behind, (?= (?! (?<= (?<!, has no bound on its time')
  if (/^(?:\\[^1-9k]|[^\\])*\\[1-9k]/su.test(pattern))
    throw new Error('a back reference has no bound on its time')
  const { RE2JS } = re2()
  return RE2JS.compile(RE2JS.translateRegExp(toRe2(pattern)))
}

/** The meaning of `\s` and the others by ECMA-262, as the inside of a class. */
const space =
  '\\t-\\r \\x{A0}\\x{1680}\\x{2000}-\\x{200A}\\x{2028}\\x{2029}\\x{202F}\\x{205F}\\x{3000}\\x{FEFF}'
const other =
  '\\x00-\\x08\\x0E-\\x1F!-\\x{9F}\\x{A1}-\\x{167F}\\x{1681}-\\x{1FFF}\\x{200B}-\\x{2027}\\x{202A}-\\x{202E}' +
  '\\x{2030}-\\x{205E}\\x{2060}-\\x{2FFF}\\x{3001}-\\x{FEFE}\\x{FF00}-\\x{10FFFF}'

/** The same in the syntax of RE2, where `.` and `\s` mean less, and a surrogate pair two characters. */
function toRe2(pattern: string): string {
  return pattern.replaceAll(all(String.raw`${opaque}|\.`), token => {
    if (token === '.') return '[^\\n\\r\\x{2028}\\x{2029}]'
    if (token.startsWith('[')) return token.replaceAll(all(escaped), inClass)
    return /^\\s$/i.test(token) ? `[${inClass(token)}]` : unpaired(token)
  })
}

function inClass(token: string): string {
  if (token === '\\s') return space
  if (token === '\\S') return other
  return token === '\\b' ? '\\x08' : unpaired(token)
}

/** `\uD83D\uDE00` as `\x{1f600}`. */
function unpaired(token: string): string {
  if (!/^\\u....\\/s.test(token)) return token
  return `\\x{${String(JSON.parse(`"${token}"`))
    .codePointAt(0)
    ?.toString(16)}}`
}

/** Whether a pattern says by itself that no control character is let in. */
export function excludesControls(pattern: string): boolean {
  const saysWhatItAllows = /^\^[^.]*\$$/.test(pattern) && !/\[\^|\\[SDWP]|\|/.test(pattern)
  return saysWhatItAllows || pattern === controlFree || pattern === singleLine
}
