// Works on imports, one after the other, beside the requests. Every instance has one, and each import is run by one of them:
// it says from time to time that it goes on, and when it is silent for long, another one begins anew.

import { type Engine, tableOf } from '../handlers/engine.ts'
import { afterCommit } from '../handlers/hooks.ts'
import { explain } from '../handlers/idempotent.ts'
import { problemOf } from '../handlers/problem-of.ts'
import type { Problem } from '../http/problem.ts'
import type { Operation } from '../operations/operation.ts'
import { CodeFault } from '../resource/code-fault.ts'
import type { Log } from '../resource/resource.ts'
import type { Row } from '../resource/row.ts'
import { only } from '../store/only.ts'
import { type Statement, StoreError } from '../store/store.ts'
import { ImportTables, lease, maxAttempts, type Outcome } from './import-tables.ts'
import { ImportLost, type Job, Progress, toJob } from './job.ts'
import { runImport } from './run.ts'
import { dropText } from './tidy.ts'

/** In ms, how often an instance looks for imports that others have received. */
const lookInterval = 2_000
/** In ms, how often it says that it goes on. */
const renewInterval = (lease / 5) * 1000

export class ImportWorker {
  readonly #engine: Engine
  readonly #tables: ImportTables
  readonly #operations: ReadonlyMap<string, Operation>
  readonly #log: Log
  #progress: Progress | undefined
  #working: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #isStopping = false

  constructor(engine: Engine, operations: readonly Operation[], log: Log) {
    this.#engine = engine
    this.#tables = new ImportTables(name => tableOf(engine, name))
    this.#operations = new Map(operations.map(operation => [operation.id, operation]))
    this.#log = log
  }

  start(): void {
    this.#timer = setInterval(() => this.wake(), lookInterval).unref()
    this.wake()
  }

  /** There may be something to do. */
  wake(): void {
    if (this.#isStopping || this.#timer === undefined) return
    this.#working ??= this.#work()
      .catch(error => this.#tell(error))
      .finally(() => {
        this.#working = undefined
      })
  }

  /** The store itself tells once when the database is away. */
  #tell(error: unknown): void {
    if (!isOfTheTime(error)) this.#log.error({ err: error }, 'imports could not be looked for')
  }

  /** Gives back the import that it works on. */
  async stop(): Promise<void> {
    this.#isStopping = true
    clearInterval(this.#timer)
    if (this.#progress !== undefined) this.#progress.isOver = true
    await this.#working
  }

  async #work(): Promise<void> {
    // A statement that writes takes the turn of a writer, so it is asked first whether there is anything to take.
    while (!this.#isStopping && (await this.#isFree())) {
      const runner = this.#engine.newUuid(this.#engine.clock())
      const [claimed] = await this.#run(this.#tables.claim(runner))
      if (claimed === undefined) return
      this.#engine.observer.importIs('started')
      if (!(await this.#workOn(toJob(this.#tables, claimed, runner)))) return
    }
  }

  async #isFree(): Promise<boolean> {
    return (await this.#engine.store.query(this.#tables.selectFree())).length > 0
  }

  /** Returns whether to look for another one at once. */
  async #workOn(job: Job): Promise<boolean> {
    const progress = new Progress()
    this.#progress = progress
    this.#engine.observer.importRuns(true)
    const timer = setInterval(() => void this.#renew(job, progress), renewInterval)
    try {
      await this.#store(job, progress)
    } catch (error) {
      if (error instanceof ImportLost || isOfTheTime(error)) return await this.#giveBack(job, error)
      await this.#fail(job, progress, error)
    } finally {
      clearInterval(timer)
      this.#progress = undefined
      this.#engine.observer.importRuns(false)
    }
    await dropText(this.#engine, job.upload)
    return true
  }

  async #store(job: Job, progress: Progress): Promise<void> {
    const operation = this.#operations.get(job.operation)
    const { id, attempts } = job
    if (operation === undefined)
      return this.#end(job, { state: 'failed', detail: 'The resource is no longer served.' })
    if (attempts > maxAttempts) return this.#giveUp(job)
    try {
      const context = await runImport({ engine: this.#engine, operation, job, progress })
      this.#engine.observer.importIs('done')
      afterCommit(context, { id: `import-${id}`, log: this.#log })
    } catch (error) {
      if (error instanceof ImportLost) throw error
      throw await explain(this.#engine, operation, { ...job, log: this.#log }, error)
    }
  }

  /** Its rows, or the hooks that they run, may be what ends the process. */
  async #giveUp(job: Job): Promise<void> {
    this.#log.error({ import: job.id }, 'an import has failed: each attempt ended with its process')
    const detail = `The service ended in each of ${maxAttempts} attempts to store it.`
    await this.#end(job, { state: 'failed', detail })
  }

  async #renew({ id, runner }: Job, progress: Progress): Promise<void> {
    try {
      const [row] = await this.#run(this.#tables.renew(id, runner, progress.rows))
      progress.isOver ||= row === undefined
    } catch (error) {
      this.#log.warn({ err: error }, 'the progress of an import could not be stored')
    }
  }

  /** Another attempt follows, unless it was cancelled. */
  async #giveBack({ id, runner }: Job, error: unknown): Promise<boolean> {
    const isLost = error instanceof ImportLost
    if (!isLost) this.#log.warn({ err: error, import: id }, 'an import could not be stored yet')
    await this.#run(this.#tables.release(id, runner))
    return isLost
  }

  async #fail(job: Job, { rows, refused }: Progress, error: unknown): Promise<void> {
    const problem = problemOf(error)
    if (problem === undefined || problem.status >= 500)
      this.#log.error({ err: error, import: job.id }, 'an import has failed')
    await this.#end(job, { ...failure(problem), rows_read: rows, refused: Math.max(refused, 1) })
  }

  async #end({ id, runner }: Job, outcome: Outcome): Promise<void> {
    const [ended] = await this.#run(this.#tables.end(id, runner, outcome))
    if (ended !== undefined) this.#engine.observer.importIs('failed')
  }

  #run(statement: Statement): Promise<readonly Row[]> {
    return this.#engine.store.transact(() => only(statement))
  }
}

/** The explanation of a failure for its caller. */
function failure(problem: Problem | undefined): Outcome {
  if (problem === undefined || problem.status === 500)
    return { state: 'failed', detail: 'The service has a fault. The operator finds it in the log.' }
  const { message: detail, errors = [], extensions } = problem
  return {
    state: 'failed',
    detail: detail.slice(0, 2000),
    findings: errors,
    more_findings: Number(extensions?.more ?? 0),
  }
}

/** Whether the database could not do it now, but may later. */
function isOfTheTime(error: unknown): boolean {
  if (error instanceof CodeFault) return false
  return error instanceof StoreError && ['busy', 'unavailable', 'unknown'].includes(error.code)
}
