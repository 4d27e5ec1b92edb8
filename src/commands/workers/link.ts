// The worker's end of the line to its supervisor.

import type { ServiceStatus } from '../../http/status.ts'
import { SharedLimitStore } from '../../limits/shared-limit-store.ts'
import type { Turns } from '../../store/turns.ts'
import type { Interval } from '../../telemetry/activity.ts'
import { usualInterval } from '../../telemetry/history.ts'
import type { Metrics } from '../../telemetry/metrics.ts'
import type { StatusKeeper } from '../../telemetry/status.ts'
import { ignoreSignals, Stop, type Stoppable } from '../stop.ts'
import type { Common, Order, Place, Ready, Report } from './messages.ts'

/** The variable by which a process knows that it is a worker, and which one. */
const workerVariable = 'RESTWELL_WORKER'

export function environmentOf(place: Place): Readonly<Record<string, string>> {
  return { [workerVariable]: JSON.stringify(place) }
}

/** Undefined for a process that has no supervisor. */
export function linkOf(environment: NodeJS.ProcessEnv): Link | undefined {
  const place = environment[workerVariable]
  return place === undefined ? undefined : new Link(JSON.parse(place))
}

export class Link implements StatusKeeper {
  readonly number: number
  readonly count: number
  /** Not for the first one of a service. */
  readonly joins: Common | undefined
  /** The settings that all workers have. */
  readonly settings: Readonly<Record<string, string>>
  /** Counts requests together with the other workers. */
  readonly limitStore = new SharedLimitStore(count => this.#report({ count }))
  readonly interval = usualInterval
  /** The turns in which the workers write to an SQLite file. */
  readonly turns: Turns = {
    ask: () => this.#report({ turn: 'ask' }),
    onTurn: act => {
      this.#beginTurn = act
    },
    pass: () => this.#report({ turn: 'pass' }),
  }
  /** Those who wait for the status, in the order in which they asked. */
  readonly #asked: ((status: ServiceStatus) => void)[] = []
  #digest = ''
  #metrics: Metrics | undefined
  #stop: Stop | undefined
  #hearKey: (key: number) => void = () => {}
  #beginTurn: () => void = () => {}

  constructor({ number, count, port, joins }: Place) {
    this.number = number
    this.count = count
    this.joins = joins
    this.settings = { PORT: String(port), ...(joins && { AUTH: joins.auth }) }
    // A terminal sends its signals to all processes of a group; the supervisor says what they mean.
    ignoreSignals()
    process.on('message', (order: Order) => void this.#obey(order))
  }

  /** After a start that fails: the process ends, though its supervisor could still be heard. */
  leave(): void {
    process.channel?.unref()
  }

  /** Throws an `Error` if the workers that serve have begun with other files. */
  begin(digest: string): void {
    this.#digest = digest
    if (digest === (this.joins?.digest ?? digest)) return
    throw new Error(
      'definitions, plugins or settings have changed since the other workers began: restart the service',
    )
  }

  ready(ready: Ready): void {
    this.#report({ ready: { ...ready, digest: this.#digest } })
  }

  /** Its metrics are served by the supervisor. */
  measure(metrics: Metrics): void {
    this.#metrics = metrics
  }

  keep(interval: Interval): void {
    this.#report({ interval })
  }

  report(since: number): Promise<ServiceStatus> {
    this.#report({ statusSince: since })
    return new Promise(resolve => this.#asked.push(resolve))
  }

  /** Ends the process when the supervisor says so, or after a fault. */
  stopWhenTold(service: Stoppable): void {
    const stop = new Stop(service)
    this.#stop = stop
    process.on('uncaughtException', error => stop.fail(error))
  }

  /** This worker has changed an API key. */
  changedKey(changedKey: number): void {
    this.#report({ changedKey })
  }

  /** Calls `act` when another worker has changed an API key. */
  onChangedKey(act: (key: number) => void): void {
    this.#hearKey = act
  }

  async #obey(order: Order): Promise<void> {
    if ('counted' in order) this.limitStore.hear(order.counted)
    else if ('changedKey' in order) this.#hearKey(order.changedKey)
    else if ('turn' in order) this.#beginTurn()
    else if ('status' in order) this.#asked.shift()?.(order.status)
    else if ('tell' in order) this.#report({ metrics: (await this.#metrics?.values()) ?? [] })
    else if (order.stop === 'announce') this.#stop?.announce()
    else void this.#stop?.close(0)
  }

  #report(report: Report): void {
    // Without its supervisor the process ends, whatever it still had to say.
    process.send?.(report, undefined, undefined, () => {})
  }
}
