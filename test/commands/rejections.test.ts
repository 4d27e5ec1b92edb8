// A promise that nobody waits for, in a process of its own.

import t from 'tap'
import { folderOf, runNode } from '../support/process.ts'

const start = (rejecting: string) => `
  import { pino } from 'pino'
  import { surviveRejections } from '${import.meta.resolve('../../src/commands/rejections.ts')}'
  ${rejecting}
  surviveRejections(pino())
  setImmediate(() => setImmediate(() => console.log('goes on')))
`

t.test(
  'a rejection in the code of a definition is logged with its place, and ends nothing',
  async t => {
    const folder = folderOf(t, {
      'hook.mjs': start("void (async () => { throw new Error('the rule is not kept') })()"),
    })
    const { code, out } = await runNode(t, ['hook.mjs'], folder)
    t.equal(code, 0)
    const [entry = '', ...others] = out.trim().split('\n').sort().reverse()
    t.match(
      JSON.parse(entry).msg,
      /^at hook\.mjs:4:\d+: a promise was rejected that no code waits for: the rule is not kept$/,
    )
    t.match(JSON.parse(entry), {
      err: { message: 'the rule is not kept' },
      source: /> 4 \|.*the rule is not kept/,
    })
    t.strictSame(others, ['goes on'])
  },
)

t.test('a rejection in the service ends the process', async t => {
  const folder = folderOf(t, {
    'ours.mjs': start("Promise.reject(Object.assign(new Error('ours'), { stack: 'ours' }))"),
  })
  const { code, out } = await runNode(t, ['ours.mjs'], folder)
  t.strictSame([code, out], [1, ''])
})
