// A short list as a table, with a title.

import type { ComponentChildren } from 'preact'
import { text } from './text.ts'

interface ListProps {
  readonly title: string
  /** Those of numbers begin with `#`. */
  readonly heads: readonly string[]
  readonly children: ComponentChildren
}

export function List({ title, heads, children }: ListProps) {
  const isEmpty = Array.isArray(children) && children.length === 0
  return (
    <section class="related">
      <h2>{title}</h2>
      {isEmpty ? (
        <p class="muted">{text.nothingYet}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
        <section class="scroll" aria-label={title} tabIndex={0}>
          <table>
            <caption class="hidden">{title}</caption>
            <thead>
              <tr>
                {heads.map(head => (
                  <th key={head} scope="col" class={head.startsWith('#') ? 'number' : undefined}>
                    {head.replace('#', '')}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>{children}</tbody>
          </table>
        </section>
      )}
    </section>
  )
}
