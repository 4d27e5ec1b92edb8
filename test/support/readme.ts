// The sessions that pages print: commands with the answers beside them.

import { readFileSync } from 'node:fs'

export interface Command {
  readonly command: string
  readonly answer: string
}

/** The fenced blocks of a language. */
export function blocks(text: string, language: string): readonly string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(
    ([, block]) => block ?? '',
  )
}

/** A file that a page shows: its first line is its name. */
export function toFile(text: string): { readonly name: string; readonly text: string } {
  return { name: /^\/\/ (\S+)\n/.exec(text)?.[1] ?? '', text }
}

/** The files that docs/tutorial.md has written, one after the other. */
export function tutorialFiles() {
  return blocks(readFileSync('docs/tutorial.md', 'utf8'), 'ts').map(toFile)
}

/** The commands of a console: each follows a `$`, and the lines below are its answer. */
export function commands(session: string): readonly Command[] {
  return session
    .split(/^\$ /m)
    .slice(1)
    .map(part => {
      const [command = '', ...answer] = part.trimEnd().split('\n')
      return { command, answer: answer.join('\n') }
    })
}

/** Whether a text is as printed; `...` stands for anything within a line. */
export function isAsPrinted(printed: string, text: string): boolean {
  const pieces = printed.split('...').map(piece => piece.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
  return new RegExp(`^${pieces.join('.*')}$`).test(text)
}
