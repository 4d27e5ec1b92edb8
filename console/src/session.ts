// What all pages share: the API, who asks, and what that caller may do.

import { createContext } from 'preact'
import { useContext, useEffect, useState } from 'preact/hooks'
import { ask, keepCredentials, type Reply } from './ask.ts'
import type { Caller } from './caller.ts'
import type { Api } from './document.ts'

export interface Session {
  readonly api: Api
  readonly caller: Caller
  /** What the addresses of the API begin with: `/api/v1`, or nothing. */
  readonly base: string
  /** Asks again who asks, after other credentials were given. */
  readonly renew: () => void
}

export const SessionContext = createContext<Session | undefined>(undefined)

export function useSession(): Session {
  const session = useContext(SessionContext)
  if (session === undefined) throw new Error('There is no session.')
  return session
}

export function leave({ renew }: Session): void {
  keepCredentials('')
  renew()
}

export interface Asked {
  /** The last reply; undefined before the first. */
  readonly reply: Reply | undefined
  readonly isLoading: boolean
  readonly reload: () => void
}

/** The reply to a GET. While the next one is on its way, the last one stays. */
export function useReply(address: string | undefined, prefer?: string): Asked {
  const [state, setState] = useState<{ reply?: Reply; address?: string | undefined }>({})
  const [round, setRound] = useState(0)
  const { caller } = useSession()
  useEffect(() => {
    if (address === undefined) return
    const abort = new AbortController()
    ask('GET', address, { headers: { ...(prefer && { prefer }) }, signal: abort.signal }).then(
      reply => setState({ reply, address }),
      () => undefined,
    )
    return () => abort.abort()
  }, [address, prefer, round, caller])
  return {
    reply: state.reply,
    isLoading: state.address !== address,
    reload: () => setRound(round + 1),
  }
}
