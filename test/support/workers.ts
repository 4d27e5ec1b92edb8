// The workers of a service, by their processes.

import { readFileSync } from 'node:fs'

/** The processes that a process has started; Linux alone tells them without another program. */
export function childrenOf(pid: number): readonly number[] {
  const told = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
  return told === '' ? [] : told.split(' ').map(Number)
}

export const whyNoWorkers =
  process.platform === 'linux' ? false : 'only Linux tells the workers of a process'
