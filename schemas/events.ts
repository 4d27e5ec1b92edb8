// Events: a view beside the usual operations, which counts the guests of one event.

import { resource, sql, Type, view } from 'restwell'

const Headcount = Type.Object({
  invited: Type.Integer({ description: 'Guests who have not answered', minimum: 0, examples: [1] }),
  accepted: Type.Integer({ description: 'Guests who come', minimum: 0, examples: [2] }),
  declined: Type.Integer({ description: 'Guests who do not come', minimum: 0, examples: [1] }),
  expected: Type.Integer({
    description: 'Guests who come, and those they bring',
    minimum: 0,
    examples: [5],
  }),
})

export const events = resource(
  'events',
  Type.Object({
    name: Type.String({
      description: 'What it is announced as',
      minLength: 1,
      maxLength: 100,
      examples: ['Lantern walk'],
    }),
    starts_at: Type.String({
      description: 'When it begins',
      format: 'date-time',
      examples: ['2026-11-11T17:00:00Z'],
    }),
    venue: Type.Optional(
      Type.String({
        description: 'Where it takes place',
        minLength: 1,
        maxLength: 200,
        examples: ['Mill Pond'],
      }),
    ),
    capacity: Type.Optional(
      Type.Integer({ description: 'How many people fit in', minimum: 1, examples: [80] }),
    ),
  }),
  {
    description: 'Occasions that guests are invited to',
    views: {
      headcount: view({
        summary: 'Count the guests of an event',
        description:
          'How many guests are invited, come or do not come, and how many people to expect.',
        response: Headcount,
        *run({ row, db }) {
          const [counts = []] = yield* db.query(sql`
            select
              count(case when status = 'invited' then 1 end),
              count(case when status = 'accepted' then 1 end),
              count(case when status = 'declined' then 1 end),
              coalesce(sum(case when status = 'accepted' then 1 + plus_ones end), 0)
            from guests
            where event_id = ${row.id}`)
          const [invited = 0, accepted = 0, declined = 0, expected = 0] = counts.map(Number)
          return { invited, accepted, declined, expected }
        },
      }),
    },
    sample: [
      {
        id: 1,
        name: 'Summer party',
        starts_at: '2026-07-18T16:00:00Z',
        venue: 'The Old Orchard',
        capacity: 60,
      },
      {
        id: 2,
        name: 'Evening of short talks',
        starts_at: '2026-09-24T18:30:00Z',
        venue: 'Town library',
        capacity: 40,
      },
      { id: 23, name: 'Cider pressing', starts_at: '2026-10-03T09:00:00Z' },
      {
        id: 24,
        name: 'Lantern making',
        starts_at: '2026-11-04T15:00:00Z',
        venue: 'Mill Pond',
        capacity: 20,
      },
    ],
  },
)
