// Writers and what they know: what they asked for, what they were told, and what the database holds in the end.

import type { Test } from 'tap'
import type { DatabaseServer } from './database-server.ts'
import { type Answer, send } from './instances.ts'

interface Counter {
  readonly path: string
  acknowledged: number
  sent: number
}

export class Writers {
  /** The titles that a POST was sent for, each its own Idempotency-Key; whether it was acknowledged. */
  readonly #posted = new Map<string, boolean>()
  readonly #counters: Counter[] = []
  readonly #addresses: readonly string[]
  acknowledged = 0
  /** Of those whose first answer was no acknowledgement: how many had been done all the same. */
  resolved = { again: 0, before: 0 }

  constructor(addresses: readonly string[]) {
    this.#addresses = addresses
  }

  /** Each writer gets a row that it counts up. */
  async prepare(t: Test, writers: number): Promise<void> {
    for (let writer = 0; writer < writers; writer++) {
      const created = await this.#post(`counter ${writer}`)
      t.equal(created.status, 201)
      this.#counters.push({ path: `/todos/${created.json.id}`, acknowledged: 1, sent: 1 })
    }
  }

  /**
   * Everybody writes until told that it cannot be done, which is to come of `crash`, called once so many more writes
   * are acknowledged. An answer that is neither is given back.
   */
  async writeUntilRefused(
    round: string,
    enough: number,
    crash: () => Promise<void>,
  ): Promise<Answer[]> {
    const goal = this.acknowledged + enough
    let crashed: Promise<void> | undefined
    const write = async (counter: Counter, writer: number): Promise<Answer> => {
      for (let n = 0; ; n++) {
        const answer = await (n % 2 === 0
          ? this.#post(`${round} writer ${writer} todo ${n}`)
          : this.#countUp(counter))
        if (answer.status !== 200 && answer.status !== 201) return answer
        if (this.acknowledged >= goal) crashed ??= crash()
      }
    }
    const last = await Promise.all(this.#counters.map(write))
    await crashed
    return last.filter(({ status }) => status !== 503)
  }

  /** What was not acknowledged is asked for again, with its key, until it is. */
  async retry(): Promise<void> {
    for (const [title, known] of this.#posted)
      if (!known) {
        let answer = await this.#post(title)
        while (answer.status === 503) answer = await this.#post(title)
        if (answer.status !== 201)
          throw new Error(`${title} was answered ${answer.status} ${answer.text}`)
        if (answer.headers.get('idempotent-replayed') === 'true') this.resolved.before++
        else this.resolved.again++
      }
  }

  /** Holds the database against what the writers know: nothing that was acknowledged is missing, nothing is there twice. */
  async audit(t: Test, database: DatabaseServer, name: string): Promise<void> {
    const rows = await database.sql(
      'select title, count(*)::int as number, max("userId")::int as value, min(id)::int as id from todos group by title',
    )
    const stored = new Map(rows?.map(({ title, number }) => [title, number]))
    const lost = [...this.#posted]
      .filter(([title, known]) => known && !stored.has(title))
      .map(([title]) => title)
    const twice = [...stored].filter(([, number]) => number !== 1)
    const foreign = [...stored].filter(([title]) => !this.#posted.has(title))
    t.strictSame({ lost, twice, foreign }, { lost: [], twice: [], foreign: [] }, name)
    const values = new Map(rows?.map(({ id, value }) => [`/todos/${id}`, value]))
    const behind = this.#counters.filter(({ path, acknowledged, sent }) => {
      const value = values.get(path)
      return value === undefined || value < acknowledged || value > sent
    })
    t.strictSame(behind, [], `${name}: no update is lost`)
  }

  /** Whether every request has been acknowledged by now, and the database holds them all. */
  async settle(t: Test, database: DatabaseServer): Promise<void> {
    const [row] = (await database.sql('select count(*)::int as number from todos')) ?? []
    t.equal(row?.number, this.#posted.size, 'each request has one row')
    t.ok([...this.#posted.values()].every(Boolean))
  }

  async #post(title: string): Promise<Answer> {
    this.#posted.set(title, false)
    const answer = await this.#send(
      'POST',
      '/todos',
      { userId: 1, title },
      { 'idempotency-key': `"${title}"` },
    )
    if (answer.status === 201) {
      this.#posted.set(title, true)
      this.acknowledged++
    }
    return answer
  }

  async #countUp(counter: Counter): Promise<Answer> {
    counter.sent++
    const answer = await this.#send('PATCH', counter.path, { userId: counter.sent })
    if (answer.status === 200) {
      counter.acknowledged = counter.sent
      this.acknowledged++
    }
    return answer
  }

  #send(method: string, path: string, json: object, headers = {}): Promise<Answer> {
    const address = this.#addresses[Math.floor(Math.random() * this.#addresses.length)] ?? ''
    return send(address, method, path, json, headers)
  }
}
