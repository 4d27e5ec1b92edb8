// A step that takes long is told of now and then, with the sessions that it waits for.

import { type Locking, sessionsOf } from './lock-wait.ts'

/** In ms. */
const usualInterval = 30_000

export async function tellWhileSlow<T>(locking: Locking, task: () => Promise<T>): Promise<T> {
  const { session, online, query, watch } = locking
  const [[id = null] = []] = await session.run(online.sessionId)
  const tell = async () => {
    const blockers = await query(online.blockers(id))
    watch.log.info(
      sessionsOf(blockers),
      blockers.length === 0 ? 'the step goes on' : 'the step waits for other sessions',
    )
  }
  const say = () =>
    void tell().catch(error =>
      watch.log.warn({ err: error }, 'it is not known what the step waits for'),
    )
  const timer = setInterval(say, watch.interval ?? usualInterval)
  try {
    return await task()
  } finally {
    clearInterval(timer)
  }
}
