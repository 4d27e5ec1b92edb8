// Where the viewer is: the address of the browser, without loading the page anew for each.

import { useEffect, useState } from 'preact/hooks'
import { prefix } from './address.ts'

export interface Route {
  readonly path: string
  readonly query: URLSearchParams
  /** `#new` and `#edit` are states of a page, for which the API has no address. */
  readonly hash: string
}

const moved = 'restwell:moved'

/** Whether the viewer has left the page that the browser loaded. */
let isMoved = false

export const hasMoved = () => isMoved

export function navigate(href: string): void {
  history.pushState(null, '', href)
  dispatchEvent(new Event(moved))
}

export function useRoute(): Route {
  const [route, setRoute] = useState(currentRoute)
  useEffect(() => {
    const update = () => {
      isMoved = true
      setRoute(currentRoute())
    }
    for (const event of [moved, 'popstate']) addEventListener(event, update)
    document.addEventListener('click', follow)
    return () => {
      for (const event of [moved, 'popstate']) removeEventListener(event, update)
      document.removeEventListener('click', follow)
    }
  }, [])
  return route
}

function currentRoute(): Route {
  const { pathname, search, hash } = location
  return { path: pathname, query: new URLSearchParams(search), hash: hash.slice(1) }
}

/** Follows a link to another page of the console; every other link is the browser's. */
function follow(event: MouseEvent): void {
  const { target, button, metaKey, ctrlKey, shiftKey, altKey, defaultPrevented } = event
  const link = target instanceof Element ? target.closest('a') : null
  if (link === null || defaultPrevented || button !== 0) return
  if (metaKey || ctrlKey || shiftKey || altKey || !isPage(link)) return
  event.preventDefault()
  navigate(link.href)
}

/** Links elsewhere, and to files, say so. */
function isPage({ origin, pathname, rel, target, download }: HTMLAnchorElement): boolean {
  const isOurs = origin === location.origin && pathname.startsWith(prefix)
  return isOurs && rel !== 'external' && target === '' && download === ''
}
