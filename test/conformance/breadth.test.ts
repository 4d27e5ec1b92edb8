// The breadth that a conformance run reports: what of the document was met, and what was not.

import t from 'tap'
import {
  breadthOf,
  breadthToText,
  type Document,
  type Exchange,
} from '../../conformance/breadth.ts'

const document: Document = {
  paths: {
    '/books': {
      get: {
        parameters: [{ $ref: '#/components/parameters/Limit' }, { name: 'sort', in: 'query' }],
        responses: { 200: {}, 400: {}, 500: {}, default: {} },
      },
      parameters: [{ name: 'If-Match', in: 'header' }],
      post: {
        requestBody: { content: { 'application/json': {} } },
        responses: { 201: {}, 422: {} },
      },
    },
  },
  components: { parameters: { Limit: { name: 'limit', in: 'query' } } },
}

const list: Exchange = {
  operation: 'GET /books',
  parameters: [],
  mediaType: undefined,
  status: 200,
}
const create: Exchange = {
  operation: 'POST /books',
  parameters: [],
  mediaType: 'application/json',
  status: 422,
}

t.test('counts what is documented and names what was not met', async t => {
  const breadth = breadthOf(document, [{ ...list, parameters: ['query:limit'] }, list, create])
  t.strictSame(breadth, {
    exchanges: 3,
    operations: { all: 2, missed: [] },
    succeeded: { all: 2, missed: ['POST /books'] },
    parameters: {
      all: 4,
      missed: [
        'GET /books header:If-Match',
        'GET /books query:sort',
        'POST /books header:If-Match',
      ],
    },
    bodies: { all: 1, missed: [] },
    statuses: { all: 4, missed: ['GET /books 400', 'POST /books 201'] },
  })
  t.equal(
    breadthToText(breadth),
    [
      '  exchanges   3',
      '  operations  2 of 2',
      '  succeeded   1 of 2\n      not POST /books',
      '  parameters  1 of 4\n      not GET /books header:If-Match\n      not GET /books query:sort\n      not POST /books header:If-Match',
      '  bodies      1 of 1',
      '  statuses    2 of 4; not met: 201 at 1, 400 at 1',
    ].join('\n'),
  )
})

t.test('what is not documented counts for nothing, and no exchange meets nothing', async t => {
  const { operations, statuses } = breadthOf(document, [
    { ...list, operation: 'TRACE /books', status: 405 },
  ])
  t.strictSame(operations, { all: 2, missed: ['GET /books', 'POST /books'] })
  t.equal(statuses.missed.length, 4)
})
