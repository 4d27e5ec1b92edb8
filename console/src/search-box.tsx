// The words that the rows of a list are searched for.

import type { Resource } from './document.ts'
import { withParameter } from './query.ts'
import { text } from './text.ts'

interface SearchBoxProps {
  readonly resource: Resource
  readonly query: URLSearchParams
  readonly onQuery: (query: URLSearchParams) => void
}

export function SearchBox({ resource: { search }, query, onQuery }: SearchBoxProps) {
  if (search === undefined) return null
  const asked = query.get('q') ?? ''
  const find = (event: SubmitEvent) => {
    event.preventDefault()
    const words = new FormData(event.currentTarget as HTMLFormElement).get('q')
    onQuery(withParameter(query, 'q', String(words).trim()))
  }
  return (
    <search class="search">
      <form onSubmit={find}>
        <input
          key={asked}
          type="search"
          name="q"
          defaultValue={asked}
          maxLength={search.maxLength}
          placeholder={text.search}
          aria-label={text.search}
          title={text.searchHelp}
        />
      </form>
    </search>
  )
}
