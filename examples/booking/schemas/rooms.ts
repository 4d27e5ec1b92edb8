import { Enum, extend, Line, resource, sql, Type, view } from 'restwell'

export const rooms = resource(
  'rooms',
  Type.Object({
    name: Line({ minLength: 1, maxLength: 80, examples: ['Attic'] }),
    seats: Type.Integer({ minimum: 1, maximum: 500, examples: [8] }),
    zone: Enum(['Europe/Oslo', 'Europe/London', 'America/New_York'], {
      description: 'The time zone of the house',
      default: 'Europe/Oslo',
    }),
  }),
  { description: 'What can be booked', unique: ['name'], publicRead: true },
)

const Moment = (description: string) =>
  Type.String({ format: 'date-time', description, examples: ['2030-01-01T09:00:00.000Z'] })

extend(rooms, {
  views: {
    free: view({
      on: 'collection',
      summary: 'Find free rooms',
      parameters: Type.Object({
        from: Moment('When they are needed'),
        to: Moment('Until when'),
        seats: Type.Integer({ minimum: 1, default: 1, examples: [8] }),
      }),
      response: Type.Array(
        Type.Object({
          id: Type.Integer({ examples: [1] }),
          name: Type.String({ examples: ['Attic'] }),
        }),
      ),
      *run({ parameters: { from, to, seats }, db }) {
        const found = yield* db.query(
          sql`select id, name from rooms where seats >= ${seats} and id not in (
            select room_id from bookings
            where state = 'booked' and starts_at < ${to} and ends_at > ${from})
            order by seats, name`,
        )
        return found.map(([id, name]) => ({ id: Number(id), name: String(name) }))
      },
    }),
  },
})
