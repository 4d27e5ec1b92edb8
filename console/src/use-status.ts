// Asks for the status of the service, and again while somebody looks.

import { useEffect, useState } from 'preact/hooks'
import { statusPath } from './address.ts'
import { ask, type Problem } from './ask.ts'
import { useSession } from './session.ts'
import { joined, type Status } from './status.ts'

interface Known {
  readonly status?: Status
  readonly problem?: Problem | undefined
}

export function useStatus(): Known {
  const { base, caller } = useSession()
  const [state, setState] = useState<Known>({})
  useEffect(() => {
    let known: Status | undefined
    let timer = 0
    const abort = new AbortController()
    const next = async () => {
      if (!document.hidden) {
        const since = known?.processes[0]?.times.at(-1) ?? 0
        const address = `${base}${statusPath}?since=${since}`
        const { value, problem } = await ask('GET', address, { signal: abort.signal })
        if (problem === undefined) known = joined(known, value as Status)
        setState({ ...(known && { status: known }), problem })
        if (problem?.status === 401 || problem?.status === 403) return
      }
      timer = window.setTimeout(go, (known?.interval ?? 5) * 1000)
    }
    // It rejects only when the page is left.
    const go = () => void next().catch(() => undefined)
    go()
    return () => {
      abort.abort()
      clearTimeout(timer)
    }
  }, [base, caller])
  return state
}
