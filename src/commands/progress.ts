// How far a long command is: a bar on a terminal, nothing in a pipe.

export type Progress = (done: number, total: number) => void

export async function withProgress(work: (progress: Progress) => Promise<void>): Promise<void> {
  if (!process.stderr.isTTY) return work(() => {})
  // Loaded for who sees it: the start of the service need not wait for it.
  const { Presets, SingleBar } = await import('cli-progress')
  const bar = new SingleBar({ format: '{bar} {percentage}% {value}/{total}' }, Presets.shades_classic)
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
