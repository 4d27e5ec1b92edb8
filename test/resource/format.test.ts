// The formats of text: what each takes, and the one form in which it is stored.

import fc from 'fast-check'
import t from 'tap'
import { canonical, controlFree, formats, isFormat, singleLine } from '../../src/resource/format.ts'

const dateTimes: [written: string, stored: string][] = [
  // RFC 3339 §5.8
  ['1985-04-12T23:20:50.52Z', '1985-04-12T23:20:50.520Z'],
  ['1996-12-19T16:39:57-08:00', '1996-12-20T00:39:57.000Z'],
  ['1937-01-01T12:00:27.87+00:20', '1937-01-01T11:40:27.870Z'],
  // §5.6: T and Z may be lower case
  ['2024-01-01t00:00:00z', '2024-01-01T00:00:00.000Z'],
  ['2024-01-01T00:00:00.123456789Z', '2024-01-01T00:00:00.123Z'],
  ['2024-01-01T00:00:00.9999Z', '2024-01-01T00:00:00.999Z'],
  ['2024-01-01T00:00:00-00:00', '2024-01-01T00:00:00.000Z'],
  ['2024-02-29T23:59:59+23:59', '2024-02-29T00:00:59.000Z'],
  ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
  ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
]

t.test('a date-time is stored in UTC with milliseconds', async t => {
  for (const [written, stored] of dateTimes) {
    t.ok(formats['date-time'].check(written), written)
    t.equal(canonical('date-time', written), stored)
    t.equal(canonical('date-time', stored), stored, 'which is stored as it is')
  }
})

t.test('the order of stored date-times is the order of the times', async t => {
  const times = fc.date({
    min: new Date('0001-01-01T00:00:00Z'),
    max: new Date('9999-12-31T23:59:59.999Z'),
    noInvalidDate: true,
  })
  const offsets = fc.integer({ min: -23 * 60, max: 23 * 60 })
  const written = fc
    .tuple(times, offsets)
    .map(([time, minutes]) => ({ time, text: inOffset(time, minutes) }))
  fc.assert(
    fc.property(written, written, (one, other) => {
      fc.pre([one, other].every(({ text }) => formats['date-time'].check(text)))
      const [left, right] = [one, other].map(({ text }) => canonical('date-time', text))
      t.equal(
        Math.sign(one.time.getTime() - other.time.getTime()),
        left === right ? 0 : `${left}` < `${right}` ? -1 : 1,
      )
    }),
    { numRuns: 300 },
  )
})

/** The time as a clock shows it that is ahead of UTC by so many minutes. */
function inOffset(time: Date, minutes: number): string {
  const ahead = Math.abs(minutes)
  const pad = (value: number) => String(value).padStart(2, '0')
  const offset = `${minutes < 0 ? '-' : '+'}${pad(Math.trunc(ahead / 60))}:${pad(ahead % 60)}`
  return new Date(time.getTime() + minutes * 60_000).toISOString().replace('Z', offset)
}

const table: [format: keyof typeof formats, taken: string[], refused: string[]][] = [
  [
    'date-time',
    ['2024-02-29T00:00:00Z'],
    [
      '',
      '2024-02-30T00:00:00Z',
      '2023-02-29T00:00:00Z',
      '2024-01-01',
      '2024-01-01T00:00:00',
      '2024-01-01 00:00:00Z',
      '2024-01-01T24:00:00Z',
      '2024-01-01T00:60:00Z',
      // A leap second is no time that both databases and JavaScript can hold.
      '2016-12-31T23:59:60Z',
      '2024-01-01T00:00Z',
      '2024-01-01T00:00:00.Z',
      '2024-01-01T00:00:00+24:00',
      '2024-01-01T00:00:00+0100',
      '24-01-01T00:00:00Z',
      '+012024-01-01T00:00:00Z',
      // In UTC these are not of the years 1 to 9999.
      '0000-12-31T23:59:59Z',
      '0001-01-01T00:00:00+00:01',
      '9999-12-31T23:59:59-00:01',
      '0000-01-01T00:00:00+00:01',
      '2024-01-01T00:00:00Z\n',
    ],
  ],
  [
    'date',
    ['2024-02-29', '0001-01-01'],
    ['0000-01-01', '2023-02-29', '2024-2-9', '2024-13-01', '20240229', '2024-02-29Z', ''],
  ],
  [
    'email',
    ['ada@example.com', "o'neil+x@sub.example.org"],
    ['ada', 'ada@', '@example.com', 'a b@example.com', ''],
  ],
  [
    'uri',
    ['https://example.com/a?b=c#d', 'urn:isbn:0451450523', 'mailto:a@b.co'],
    ['/a', 'example.com', 'http://a b', ''],
  ],
  [
    'uuid',
    [
      '8e03978e-40d5-43e8-bc93-6894a57f9324',
      '8E03978E-40D5-43E8-BC93-6894A57F9324',
      '00000000-0000-0000-0000-000000000000',
    ],
    [
      '8e03978e40d543e8bc936894a57f9324',
      '{8e03978e-40d5-43e8-bc93-6894a57f9324}',
      'urn:uuid:8e03978e-40d5-43e8-bc93-6894a57f9324',
      '',
    ],
  ],
]

t.test('the values that each format accepts', async t => {
  t.strictSame(table.map(([format]) => format).sort(), Object.keys(formats).sort())
  for (const [format, taken, refused] of table) {
    for (const text of taken) t.ok(formats[format].check(text), `${format} ${text}`)
    for (const text of refused) t.notOk(formats[format].check(text), `no ${format}: ${text}`)
  }
})

t.test('a UUID is stored in lower case (RFC 9562 §4), other text as it is', async t => {
  t.equal(
    canonical('uuid', '8E03978E-40D5-43E8-BC93-6894A57F9324'),
    '8e03978e-40d5-43e8-bc93-6894a57f9324',
  )
  for (const format of ['email', 'uri', 'date', undefined])
    t.equal(canonical(format, 'A@B.CO'), 'A@B.CO')
})

t.test('a name of a format', async t => {
  for (const name of Object.keys(formats)) t.ok(isFormat(name))
  for (const name of ['time', 'toString', '__proto__', '', undefined, 1]) t.notOk(isFormat(name))
})

t.test('control characters are those of C0 and DEL; a line has no line break either', async t => {
  for (let code = 0; code < 0x300; code++) {
    const character = String.fromCharCode(code)
    const control = code < 0x20 || code === 0x7f
    const break_ = '\t\n\r'.includes(character)
    t.equal(
      new RegExp(controlFree, 'u').test(character),
      !control || break_,
      `U+${code.toString(16)}`,
    )
    t.equal(
      new RegExp(singleLine, 'u').test(character),
      !control,
      `U+${code.toString(16)} in a line`,
    )
  }
})
