// What is said where the service cannot listen.

import t from 'tap'
import { listenMistake } from '../../src/commands/listen-mistake.ts'

const mistake = (code: string, port: number, host = '127.0.0.1') => {
  const error = Object.assign(new Error(`listen ${code}`), { code, port })
  return { error, told: listenMistake(error, host) }
}

t.test('each names the setting, and a way out', async t => {
  for (const [code, port, text] of [
    ['EADDRINUSE', 3000, /port 3000 of 127\.0\.0\.1\. .*PORT=3001, or --port 3001\.$/],
    ['EACCES', 80, /may not listen on port 80\. .*PORT=3000, or --port 3000\.$/],
    ['EADDRNOTAVAIL', 3000, /^HOST is '127\.0\.0\.1', which is no address of this machine/],
    ['ENOTFOUND', 3000, /^HOST is /],
  ] as const) {
    const { error, told } = mistake(code, port)
    t.match(told.message, text)
    t.equal(told.cause, error)
  }
})

t.test('another error of the system is told as it is', async t => {
  const { error, told } = mistake('EMFILE', 3000)
  t.equal(told, error)
})
