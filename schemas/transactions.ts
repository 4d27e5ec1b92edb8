// Transactions: a rule that a schema cannot say, kept before a write, and a line in the log after one.

import { CreatedAt, Currency, Enum, MinorUnits, Ref, Refusal, resource, Type } from 'restwell'

export const transactions = resource(
  'transactions',
  Type.Object({
    amount: MinorUnits({ minimum: 0, examples: [24900] }),
    currency: Currency({ examples: ['EUR'] }),
    status: Enum(['pending', 'succeeded', 'failed', 'refunded'], {
      description: 'What became of it',
      default: 'pending',
      examples: ['pending', 'succeeded'],
    }),
    customer_id: Type.Optional(Ref('customers', { description: 'Who pays', examples: [1] })),
    reference: Type.Optional(
      Type.String({
        description: 'Your own name for it, such as the number of an invoice',
        minLength: 1,
        maxLength: 64,
        examples: ['INV-2026-0107'],
      }),
    ),
    created_at: CreatedAt({ examples: ['2026-06-18T14:06:12.480Z'] }),
  }),
  {
    description: 'Payments and what became of them',
    unique: ['reference'],
    index: ['created_at'],
    hooks: {
      // What was refunded is settled.
      beforeWrite: ({ operation, before, after }) => {
        if (operation === 'delete' || before?.status !== 'refunded') return
        for (const field of ['amount', 'currency'] as const)
          if (after[field] !== before[field])
            throw new Refusal(
              409,
              'A refunded transaction is settled: its amount and currency stand.',
              field,
            )
      },
      afterCommit: ({ before, after }, log) => {
        if (before === undefined || after === undefined || before.status === after.status) return
        log.info(
          { transaction: after.id, from: before.status, to: after.status },
          'transaction status changed',
        )
      },
    },
    sample: [
      {
        amount: 129900,
        currency: 'EUR',
        status: 'succeeded',
        customer_id: 1,
        reference: 'INV-2026-0031',
        created_at: '2026-02-03T09:31:07.215Z',
      },
      {
        amount: 9900,
        currency: 'USD',
        status: 'refunded',
        customer_id: 3,
        reference: 'INV-2026-0014',
        created_at: '2026-01-19T20:00:41.902Z',
      },
      {
        amount: 4500,
        currency: 'EUR',
        status: 'failed',
        customer_id: 2,
        created_at: '2026-05-12T06:20:18.004Z',
      },
      {
        amount: 4500,
        currency: 'EUR',
        status: 'succeeded',
        customer_id: 2,
        reference: 'INV-2026-0088',
        created_at: '2026-05-12T06:24:55.631Z',
      },
      { amount: 1500, currency: 'GBP', status: 'pending', created_at: '2026-06-17T18:12:30.777Z' },
    ],
  },
)
