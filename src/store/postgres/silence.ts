// Notices that nothing comes from a server. Whatever comes is a sign of life: others on the connection may be before this one.

import { suspiciousSilence } from './bounds.ts'

interface Silence {
  /** In bytes, what has come so far. */
  readonly received: () => number
  /** In ms. */
  readonly longest: number
  /** Called when it is suspicious, each time that it begins. */
  readonly suspicious: () => void
  /** Called when nothing came for the longest time. */
  readonly over: () => void
}

/** Watches until it is told to stop. */
export function watchSilence({ received, longest, suspicious, over }: Silence): () => void {
  const interval = Math.min(suspiciousSilence, longest / 2)
  let known = received()
  let silence = 0
  const timer = setInterval(() => {
    const now = received()
    silence = now === known ? silence + interval : 0
    known = now
    if (silence === interval) suspicious()
    if (silence >= longest) over()
  }, interval)
  return () => clearInterval(timer)
}
