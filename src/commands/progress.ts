// Shows how far a long command is: a bar on a terminal, and nothing in a pipe.

import type { Progress } from '../store/store.ts'

export async function withProgress(work: (progress: Progress) => Promise<void>): Promise<void> {
  if (!process.stderr.isTTY) return work(() => {})
  // It is loaded only when it is shown, so that the start of the service does not wait for it.
  const { Presets, SingleBar } = await import('cli-progress')
  const bar = new SingleBar(
    { format: '{bar} {percentage}% {value}/{total}' },
    Presets.shades_classic,
  )
  bar.start(0, 0)
  try {
    await work((done, total) => {
      bar.setTotal(total)
      bar.update(done)
    })
  } finally {
    bar.stop()
  }
}
