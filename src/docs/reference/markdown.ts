// The Markdown of descriptions. Markup in it is shown as text, and links lead to nothing that runs.

import markdownIt from 'markdown-it'
import { Markup } from './html.ts'

const reader = markdownIt({ html: false })

export function markdown(text: string): Markup {
  return new Markup(reader.render(text))
}
