// Sales: each belongs to a customer, and is found below that customer's address too. Money is counted in cents.

import { Currency, MinorUnits, Ref, resource, Type } from 'restwell'

export const sales = resource(
  'sales',
  Type.Object({
    customer_id: Ref('customers', { description: 'Who bought', examples: [1] }),
    amount: MinorUnits({ minimum: 0, examples: [24900] }),
    currency: Currency({ examples: ['EUR'] }),
    sold_at: Type.String({
      description: 'When it was sold',
      format: 'date-time',
      examples: ['2026-06-18T14:05:00Z'],
    }),
    description: Type.Optional(
      Type.String({
        description: 'What was sold',
        minLength: 1,
        maxLength: 500,
        examples: ['Oak side table'],
      }),
    ),
  }),
  {
    description: 'What customers bought, and for how much',
    parent: 'customer_id',
    index: ['sold_at'],
    filterableThrough: ['customer.status'],
    summary: true,
    sample: [
      {
        customer_id: 1,
        amount: 129900,
        currency: 'EUR',
        sold_at: '2026-02-03T09:30:00Z',
        description: 'Dining table and six chairs',
      },
      {
        customer_id: 1,
        amount: 18550,
        currency: 'EUR',
        sold_at: '2026-04-21T15:45:00Z',
        description: 'Bookshelf',
      },
      {
        customer_id: 2,
        amount: 4275,
        currency: 'EUR',
        sold_at: '2026-03-12T06:15:00Z',
        description: 'Flour, 25 kg',
      },
      {
        customer_id: 2,
        amount: 4500,
        currency: 'EUR',
        sold_at: '2026-05-12T06:20:00Z',
        description: 'Flour, 25 kg',
      },
      { customer_id: 3, amount: 9900, currency: 'USD', sold_at: '2026-01-19T20:00:00Z' },
    ],
  },
)
