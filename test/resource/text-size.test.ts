// How large the texts of a field can be.

import t from 'tap'
import { isShortFormat, textHeader, textIndexBytes } from '../../src/resource/text-size.ts'

t.test('texts of a date, a time or a UUID need not be measured', async t => {
  for (const format of ['date', 'date-time', 'uuid']) t.ok(isShortFormat(format), format)
  for (const format of ['uri', 'email', undefined]) t.notOk(isShortFormat(format), `${format}`)
})

t.test(
  'an index entry has room for the longest text, with as many bytes as it may take',
  async t => {
    const table: [what: string, format: string | undefined, schema: object, bytes: number][] = [
      ['any characters', undefined, { maxLength: 20 }, 80],
      ['characters of ASCII', undefined, { maxLength: 20, pattern: '^[a-z0-9-]+$' }, 20],
      ['ASCII but for one class', undefined, { maxLength: 20, pattern: '^[^a]$' }, 80],
      ['words', undefined, { enum: ['on', 'für'] }, 4],
      ['a format without a limit', 'uuid', {}, 36],
      ['a format with a limit', 'email', { maxLength: 254 }, 254],
    ]
    for (const [what, format, schema, bytes] of table)
      t.equal(textIndexBytes({ format, schema: { ...schema } }), textHeader + bytes, what)
  },
)
