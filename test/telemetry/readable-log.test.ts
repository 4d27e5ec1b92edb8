// The log as a person reads it.

import t from 'tap'
import { readable } from '../../src/telemetry/readable-log.ts'

const at = new Date(2030, 0, 2, 3, 4, 5).getTime()

/** Each color is written around its text. */
const show = (entry: object) =>
  readable(JSON.stringify({ time: at, pid: 1, hostname: 'h', ...entry }), (color, text) =>
    color === 'gray' ? text : `<${color} ${text}>`,
  )

const request = { level: 20, msg: 'request', method: 'GET', url: '/tasks?limit=2', milliseconds: 4 }

const table: readonly (readonly [entry: object, text: string])[] = [
  [{ ...request, status: 200 }, '03:04:05 <bold GET   > /tasks?limit=2 <green 200> 4 ms'],
  [{ ...request, status: 404 }, '03:04:05 <bold GET   > /tasks?limit=2 <yellow 404> 4 ms'],
  [{ ...request, status: 500 }, '03:04:05 <bold GET   > /tasks?limit=2 <red 500> 4 ms'],
  [
    { level: 30, msg: 'told to stop', signal: 'SIGINT' },
    '03:04:05 <cyan info >  told to stop signal="SIGINT"',
  ],
  [{ level: 40, msg: 'slow' }, '03:04:05 <yellow warn >  slow'],
  [{ level: 20, msg: 'detail' }, '03:04:05 debug  detail'],
  [
    {
      level: 50,
      msg: 'in the hook beforeWrite of schemas/tasks.ts:3:9: broken',
      reqId: 'a',
      source: '> 3 | throw',
      err: {
        stack:
          'Error: broken\n    at tasks.ts:3:9\n    at node:internal/x:1:1\n    at /a/node_modules/b.js:1:1',
      },
    },
    [
      '03:04:05 <red error>  in the hook beforeWrite of schemas/tasks.ts:3:9: broken',
      '<yellow     > 3 | throw>',
      '    at tasks.ts:3:9',
    ].join('\n'),
  ],
]

for (const [entry, text] of table) t.test(text, async t => t.equal(show(entry), text))
