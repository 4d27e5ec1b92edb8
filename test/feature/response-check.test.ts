// A response that is not as the document says is a fault and is not sent, where responses are held to their shapes.

import { Type } from '@sinclair/typebox'
import { pino } from 'pino'
import { resource } from '../../src/resource/resource.ts'
import { checkProblem } from '../support/problem.ts'
import { feature, type Service } from '../support/service.ts'

const notes = resource(
  'notes',
  Type.Object({ text: Type.String({ maxLength: 5, pattern: '^[a-z]*$' }) }),
  {
    description: 'Notes',
  },
)

interface Entry {
  readonly err: { readonly message: string }
}

const entries: Entry[] = []
const logger = pino({ level: 'error' }, { write: line => void entries.push(JSON.parse(line)) })
const options = { resources: [notes], sample: false, logger }

/** Two rows, of which somebody else has written the first past all checks. */
async function spoil({ post, store }: Service): Promise<void> {
  await post('/notes', { text: 'abc' })
  await post('/notes', { text: 'abc' })
  await store.transact(function* () {
    yield { text: `update "notes" set "text" = 'ABC' where "id" = 1`, values: [] }
  })
}

feature(
  'a response that its shape refuses is 500, and the log names operation, place and reason',
  async (t, service) => {
    await spoil(service)
    for (const [url, place] of [
      ['/notes/1', 'text'],
      ['/notes', '0/text'],
    ] as const) {
      checkProblem(t, url, await service.get(url), 500)
      const said = entries.at(-1)?.err.message ?? ''
      t.match(said, `GET /notes`)
      t.match(
        said,
        `would return 200 with a body that its shape refuses: ${place} must match the pattern ^[a-z]*$`,
      )
    }
    const fine = await service.get('/notes/2')
    t.strictSame([fine.status, fine.json], [200, { id: 2, text: 'abc' }])
    t.equal(fine.headers['content-type'], 'application/json; charset=utf-8')
    t.equal(
      (await service.get('/notes/2', { 'if-none-match': fine.headers.etag ?? '' })).status,
      304,
    )
    t.equal(
      (await service.request('HEAD', '/notes/2')).headers['content-length'],
      String(fine.text.length),
    )
  },
  options,
)
