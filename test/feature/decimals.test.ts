// `multipleOf` as callers write decimals: 19.99 is a multiple of 0.01, on each way into the service.

import { Type } from '@sinclair/typebox'
import { define } from '../support/definitions.ts'
import { checkProblem } from '../support/problem.ts'
import { feature } from '../support/service.ts'

const cents = { multipleOf: 0.01 }

/** Its example, default and sample are such numbers too. */
const { resource } = define(
  'prices',
  {
    amount: Type.Number({ ...cents, examples: [19.99] }),
    discount: Type.Number({ ...cents, default: 0.29 }),
    steps: Type.Array(Type.Object({ amount: Type.Number({ ...cents, examples: [4.35] }) }), {
      default: [],
    }),
    dozen: Type.Optional(Type.Integer({ multipleOf: 12, examples: [24] })),
  },
  { sample: [{ amount: 0.07 }] },
)

const multiples = [19.99, 0.07, 0.29, 1.15, 4.35, 0.3, 1.1, -2.01, 0, 1e6, 123_456_789.01]

feature(
  'a decimal that is a multiple is stored, each way in',
  async (t, { get, post, put, patch }) => {
    t.equal((await get('/prices/1')).json.amount, 0.07, 'the sample')
    for (const amount of multiples) {
      const steps = [{ amount }]
      const created = await post('/prices', { amount, steps })
      t.equal(created.status, 201, `POST ${amount}`)
      t.match(created.json, { amount, steps, discount: 0.29, dozen: null })
      t.equal((await put('/prices/1', { amount, steps })).json.amount, amount, `PUT ${amount}`)
      t.equal(
        (await patch('/prices/1', { discount: amount })).json.discount,
        amount,
        `PATCH ${amount}`,
      )
    }
  },
  { resources: [resource] },
)

feature(
  'a number that is no multiple is refused at its place',
  async (t, { get, post, patch }) => {
    const refused = { amount: 19.995, discount: 0.301, steps: [{ amount: 1e-3 }], dozen: 25 }
    const problem = checkProblem(t, 'POST', await post('/prices', refused), 422)
    t.strictSame(problem.errors, [
      { pointer: '#/amount', detail: 'must be multiple of 0.01' },
      { pointer: '#/discount', detail: 'must be multiple of 0.01' },
      { pointer: '#/steps/0/amount', detail: 'must be multiple of 0.01' },
      { pointer: '#/dozen', detail: 'must be multiple of 12' },
    ])
    checkProblem(t, 'PATCH', await patch('/prices/1', { amount: 0.075 }), 422)
    t.equal((await get('/prices/1')).json.amount, 0.07)
  },
  { resources: [resource] },
)
