// The example of an operation in each language, as it is printed.

import t from 'tap'
import { operationsOf, type ReadDocument } from '../../../src/docs/reference/described.ts'
import { exampleOf } from '../../../src/docs/reference/example.ts'
import { languages } from '../../../src/docs/reference/languages.ts'

const key = { name: 'id', in: 'path', required: true, schema: { type: 'integer', examples: [42] } }
const body = { $ref: '#/components/schemas/Order' }
const done = { description: 'Done', content: { 'application/json': { schema: body } } }

const document: ReadDocument = {
  info: { title: 'Shop', version: '1' },
  tags: [],
  components: {
    schemas: {
      Order: {
        type: 'object',
        required: ['note', 'paid'],
        properties: {
          note: { type: 'string', examples: ["Ada's"] },
          paid: { type: 'boolean', examples: [true] },
        },
      },
    },
  },
  paths: {
    '/order-lines': {
      get: {
        operationId: 'listOrderLines',
        summary: 'List',
        tags: ['order-lines'],
        security: [{ key: [] }],
        parameters: [
          { name: 'limit', in: 'query', schema: { type: 'integer' } },
          { name: 'cursor', in: 'query', schema: { type: 'string' } },
          {
            name: 'sort',
            in: 'query',
            schema: {
              type: 'array',
              items: { type: 'string', enum: ['id', '-id', 'note', '-note'] },
            },
          },
        ],
        responses: { 200: done },
      },
    },
    '/orders/{id}': {
      parameters: [key],
      patch: {
        operationId: 'updateOrder',
        summary: 'Change',
        tags: ['orders'],
        security: [{ key: [] }],
        parameters: [
          { name: 'If-Match', in: 'header', required: true, schema: { type: 'string' } },
        ],
        requestBody: {
          content: {
            'text/csv': { example: 'a' },
            'application/merge-patch+json': { schema: body },
          },
        },
        responses: { 200: done },
      },
      delete: {
        operationId: 'deleteOrder',
        summary: 'Delete',
        responses: { 204: { description: 'Gone' }, 404: done },
        security: [{ key: [] }, {}],
      },
    },
  },
}

/** What is printed in a language for each operation. */
const printed = (id: string) =>
  operationsOf(document).map(operation =>
    languages
      .find(language => language.id === id)
      ?.call(exampleOf(document, operation), 'https://shop.example'),
  )

t.test('curl', async t => {
  t.strictSame(printed('curl'), [
    `curl 'https://shop.example/order-lines?sort=note' \\
  -H "Authorization: Bearer $API_KEY"`,
    `curl -X PATCH https://shop.example/orders/42 \\
  -H "Authorization: Bearer $API_KEY" \\
  -H 'If-Match: "7"' \\
  -H 'Content-Type: application/merge-patch+json' \\
  -d '{"note": "Ada'\\''s", "paid": true}'`,
    'curl -X DELETE https://shop.example/orders/42',
  ])
})

t.test('TypeScript', async t => {
  t.strictSame(printed('typescript'), [
    `for await (const row of client.rows('/order-lines', {
  params: { query: { sort: ['note'] } },
})) console.log(row)`,
    `const { data } = await client.PATCH('/orders/{id}', {
  params: { path: { id: 42 }, header: { 'If-Match': '"7"' } },
  body: { note: 'Ada\\'s', paid: true },
})`,
    "await client.DELETE('/orders/{id}', { params: { path: { id: 42 } } })",
  ])
})

t.test('Python', async t => {
  t.strictSame(printed('python'), [
    `from restwell_client import rows
from restwell_client.api.order_lines import list_order_lines

for row in rows(list_order_lines.sync_detailed, client=client, sort=["note"]):
    print(row)`,
    `from restwell_client.api.orders import update_order
from restwell_client.models import Order

result = update_order.sync(42, client=client, if_match="\\"7\\"", body=Order.from_dict({"note": "Ada's", "paid": True}))`,
    `from restwell_client.api.service import delete_order

delete_order.sync(42, client=client)`,
  ])
})

t.test('what comes before names credentials where they are needed', async t => {
  for (const [secured, curl, ...others] of [
    [true, 'export API_KEY=…', "token: process.env.API_KEY ?? ''", 'os.environ["API_KEY"]'],
    [false, undefined, "{ baseUrl: 'https://shop.example' }", 'connect("https://shop.example")'],
  ] as const) {
    const [first, ...told] = languages.map(({ setUp }) => setUp('https://shop.example', secured))
    t.equal(first, curl)
    t.match(told, others)
  }
})
