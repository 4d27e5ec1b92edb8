import { setTimeout as later } from 'node:timers/promises'
import t from 'tap'
import { Contenders } from '../../../src/store/postgres/contenders.ts'
import { pauseBeforeRetry } from '../../../src/store/postgres/errors.ts'

const deadlock = Object.assign(new Error('deadlock detected'), { code: '40P01' })
const stale = Object.assign(new Error('could not serialize access'), { code: '40001' })

t.test('the victim of a deadlock lets the other one go first', async t => {
  const contenders = new Contenders(pauseBeforeRetry)
  let isAwake = false
  const waking = later(50).then(() => {
    isAwake = true
  })
  let attempts = 0
  const work = async () => {
    attempts++
    if (!isAwake) throw deadlock
    return 'done'
  }
  t.equal(await contenders.run(work, 3), 'done')
  t.equal(attempts, 2)
  await waking
})

t.test('what has read something stale begins again at once, so many times', async t => {
  const contenders = new Contenders(pauseBeforeRetry)
  let attempts = 0
  const work = async () => {
    attempts++
    throw stale
  }
  await t.rejects(contenders.run(work, 5), stale)
  t.equal(attempts, 5)
})

t.test('what is no conflict is not tried again, also by one that was', async t => {
  const contenders = new Contenders(pauseBeforeRetry)
  const thrown: Error[] = [stale, new RangeError('no'), stale]
  const work = async () => {
    throw thrown.shift() ?? new Error('once too often')
  }
  await t.rejects(contenders.run(work, 5), new RangeError('no'))
  t.strictSame(thrown, [stale])
})

t.test('one of those that were in the way has its turn at a time', async t => {
  const contenders = new Contenders(pauseBeforeRetry)
  const log: string[] = []
  const workOf = (name: string) => {
    let attempts = 0
    return async () => {
      attempts++
      if (attempts < 3) throw stale
      log.push(`${name} begins`)
      await later(1)
      log.push(`${name} ends`)
    }
  }
  await Promise.all(['a', 'b', 'c'].map(name => contenders.run(workOf(name), 3)))
  t.strictSame(
    log,
    ['a', 'b', 'c'].flatMap(name => [`${name} begins`, `${name} ends`]),
  )
})
