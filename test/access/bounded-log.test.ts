import t from 'tap'
import { BoundedLog, type Line } from '../../src/access/bounded-log.ts'

interface Written {
  readonly level: string
  readonly details: Readonly<Record<string, unknown>>
  readonly message: string
}

/** A bounded log whose minutes end when the test says so, and all that it has written. */
function scene() {
  const lines: Written[] = []
  const write = (level: string) => (details: object, message: string) =>
    void lines.push({ level, details: details as Written['details'], message })
  const pending = new Set<() => void>()
  const log = new BoundedLog(
    { info: write('info'), warn: write('warn'), error: write('error') },
    (ms, work) => {
      t.equal(ms, 60_000)
      pending.add(work)
      return () => pending.delete(work)
    },
  )
  const endMinute = () => {
    const works = [...pending]
    pending.clear()
    for (const work of works) work()
  }
  return { log, lines, pending, endMinute }
}

const line = (who: string, event = 'authn_login_fail'): Line => ({
  level: 'info',
  event,
  who,
  details: { address: who },
  message: 'no',
})

t.test(
  'one caller writes ten lines a minute, all callers together sixty, and then their number is told',
  async t => {
    const { log, lines, endMinute } = scene()
    for (let i = 0; i < 100_000; i++) log.write(line('a'))
    t.equal(lines.length, 10)
    t.strictSame(lines[0], {
      level: 'info',
      details: { event: 'authn_login_fail', address: 'a' },
      message: 'no',
    })
    for (let i = 0; i < 100_000; i++) log.write(line(`b${i}`))
    t.equal(lines.length, 60)
    endMinute()
    const leftOut = { event: 'authn_login_fail', leftOut: 199_940 }
    t.strictSame(lines.splice(0).at(-1), {
      level: 'warn',
      details: leftOut,
      message: '199940 more of this kind within a minute',
    })
    log.write(line('a'))
    t.equal(lines.length, 1, 'another minute')
  },
)

t.test('kinds do not take the place of each other', async t => {
  const { log, lines } = scene()
  for (let i = 0; i < 1000; i++) log.write(line(`a${i}`))
  log.write(line('b', 'authz_fail'))
  t.strictSame([lines.length, lines.at(-1)?.details.event], [61, 'authz_fail'])
})

t.test('where nothing was left out, nothing is said of it', async t => {
  const { log, lines, pending, endMinute } = scene()
  for (let i = 0; i < 10; i++) log.write(line('a'))
  endMinute()
  t.strictSame([lines.length, pending.size], [10, 0])
})

t.test('the end of the service tells what is still to be told', async t => {
  const { log, lines, pending } = scene()
  for (let i = 0; i < 11; i++) log.write(line('a'))
  log.close()
  t.match(lines.at(-1), { details: { leftOut: 1 } })
  t.equal(pending.size, 0)
})

t.test('a line goes to the log of its request where that is given', async t => {
  const { log, lines } = scene()
  const told: string[] = []
  const own = (_details: object, message: string) => void told.push(message)
  log.write(line('a'), { info: own, warn: own, error: own })
  t.strictSame([told, lines], [['no'], []])
})
