// The sessions that pages print: commands with the answers beside them.

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
