// docs/contract.md says what callers may rely on; its figures, statuses and example are those of the code.

import { readFileSync } from 'node:fs'
import t from 'tap'
import { idempotencyKeyLifetime } from '../src/http/idempotency.ts'
import { maxTargetLength } from '../src/http/message.ts'
import { type Finding, Problem, problems, problemToText } from '../src/http/problem.ts'
import { maxPageBytes } from '../src/query/page-size.ts'
import { defaultLimit, maxLimit } from '../src/query/query.ts'
import { maxSortedText } from '../src/query/sort.ts'
import { maxUnanswered, minReadRate, readGracePeriod } from '../src/server/room.ts'
import { maxBodyLength, usualTimes } from '../src/server/wire.ts'

const page = readFileSync('docs/contract.md', 'utf8')

/** The cells of a section's table, below its head. */
function rowsOf(title: string): string[][] {
  const section = page.split(/^## /m).find(text => text.startsWith(`${title}\n`)) ?? ''
  const rows = section.split('\n').filter(line => line.startsWith('| '))
  return rows.slice(1).map(row =>
    row
      .split('|')
      .slice(1, -1)
      .map(cell => cell.trim()),
  )
}

const seconds = (milliseconds: number) => `${milliseconds / 1000} s`

t.test('each bound of the page is the one that holds', async t => {
  t.strictSame(Object.fromEntries(rowsOf('Bounds')), {
    'request target': `${maxTargetLength} bytes`,
    'request body': `${maxBodyLength} bytes, or less by plan`,
    'rows on a page (`limit`)': `${defaultLimit} by default, ${maxLimit} at most, or less by plan`,
    'bytes on a page': `${maxPageBytes}; a single row that is larger still comes`,
    'text in the sort keys of a list': `${maxSortedText} characters`,
    '`Idempotency-Key`': `kept for ${idempotencyKeyLifetime / 3_600_000} hours`,
    'head of a request': `arrives within ${seconds(usualTimes.head)}`,
    'whole request': `arrives within ${seconds(usualTimes.request)}`,
    'idle connection': `kept for ${seconds(usualTimes.idle)}`,
    'requests without a response on one connection': String(maxUnanswered),
    'reading a response': `${minReadRate} bytes a second, after ${seconds(readGracePeriod)}`,
  })
})

t.test('each status that a problem can have is on the page, and no other', async t => {
  const statuses = new Set(Object.values(problems).map(({ status }) => status))
  t.strictSame(new Set(rowsOf('Errors').map(([status]) => Number(status))), statuses)
})

t.test('the example of a problem is what the service writes', async t => {
  const [, example = ''] = /```json\n([^`]*)```/.exec(page) ?? []
  const { errors, instance } = JSON.parse(example) as { errors: Finding[]; instance: string }
  const problem = new Problem('invalidBody', { errors })
  t.equal(
    example.replaceAll(/\n */g, ''),
    problemToText(problem, instance.replace('urn:uuid:', '')),
  )
})
