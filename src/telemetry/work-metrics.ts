// Counts of what happens beside the responses: faults of hooks, and imports.

import { Counter, Gauge, type Registry } from 'prom-client'
import { hookNames, importSteps, type WorkObserver } from '../handlers/observer.ts'
import type { Model } from '../resource/model.ts'

export class WorkMetrics implements WorkObserver {
  readonly #faults: Counter
  readonly #imports: Counter
  readonly #running: Gauge

  constructor(registry: Registry) {
    const registers = [registry]
    this.#faults = new Counter({
      name: 'restwell_hook_failures_total',
      help: 'Faults of the hooks of definitions; those of `afterCommit` are in no response.',
      labelNames: ['resource', 'hook'],
      registers,
    })
    this.#imports = new Counter({
      name: 'restwell_imports_total',
      help: 'Imports that were received, done, failed or cancelled; each attempt to store one is `started`.',
      labelNames: ['step'],
      registers,
    })
    for (const step of importSteps) this.#imports.inc({ step }, 0)
    this.#running = new Gauge({
      name: 'restwell_imports_running',
      help: 'Imports that are being stored.',
      registers,
    })
  }

  /** Each hook has its series before it fails. */
  begin(models: readonly Model[]): void {
    for (const { name, hooks } of models)
      for (const hook of hookNames)
        if (hooks[hook] !== undefined) this.#faults.inc({ resource: name, hook }, 0)
  }

  hookFailed({ name }: Model, hook: (typeof hookNames)[number]): void {
    this.#faults.inc({ resource: name, hook })
  }

  importIs(step: (typeof importSteps)[number]): void {
    this.#imports.inc({ step })
  }

  importRuns(isRunning: boolean): void {
    this.#running.set(Number(isRunning))
  }
}
