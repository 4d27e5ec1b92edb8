// Observers hear of events beside the responses, so that they can be counted.

import type { Hooks } from '../resource/hooks.ts'
import type { Model } from '../resource/model.ts'

export type HookName = keyof Hooks<unknown>

export const hookNames: readonly HookName[] = ['beforeWrite', 'afterWrite', 'afterCommit']

/** The events of an import; each attempt to store it is a start. */
export const importSteps = ['received', 'started', 'done', 'failed', 'cancelled'] as const

export type ImportStep = (typeof importSteps)[number]

export interface WorkObserver {
  /** Called with faults of a hook, not with its refusals. */
  hookFailed(model: Model, hook: HookName): void
  importIs(step: ImportStep): void
  /** Called with whether this process stores one now. */
  importRuns(isRunning: boolean): void
}

export const nobody: WorkObserver = { hookFailed() {}, importIs() {}, importRuns() {} }
