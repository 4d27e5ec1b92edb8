// What a browser shows where nothing is: what may have been meant.

import { nearest } from './address.ts'
import { Title } from './parts.tsx'
import { useSession } from './session.ts'
import { text, title } from './text.ts'

export function Elsewhere({ path }: { path: string }) {
  const { api, base } = useSession()
  const paths = api.resources.map(resource => resource.path).filter(each => !each.includes('{'))
  const near = nearest(path, paths)
  return (
    <>
      <Title page={path}>{text.noPage}</Title>
      <p>
        <code>{path}</code>
      </p>
      {near.length > 0 && (
        <p>
          {text.didYouMean}{' '}
          {near.map((each, at) => (
            <span key={each}>
              {at > 0 && ', '}
              <a href={base + each}>{each}</a>
            </span>
          ))}
          ?
        </p>
      )}
      <p>{text.noPageHelp}</p>
      <ul>
        {paths.map(each => (
          <li key={each}>
            <a href={base + each}>{title(each.slice(1))}</a>
          </li>
        ))}
      </ul>
    </>
  )
}
