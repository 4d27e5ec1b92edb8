import {
  action,
  CreatedAt,
  Enum,
  extend,
  Line,
  Owner,
  Ref,
  Refusal,
  resource,
  Type,
} from 'restwell'
import { rooms } from './rooms.ts'

export const bookings = resource(
  'bookings',
  Type.Object({
    room_id: Ref('rooms', { fixed: true, examples: [1] }),
    title: Line({ minLength: 1, maxLength: 100, examples: ['Planning'] }),
    starts_at: Type.String({ format: 'date-time', examples: ['2030-01-01T09:00:00.000Z'] }),
    ends_at: Type.String({ format: 'date-time', examples: ['2030-01-01T10:00:00.000Z'] }),
    state: Enum(['booked', 'cancelled'], { default: 'booked', readOnly: true }),
    booked_by: Owner({ description: 'Who booked it' }),
    created_at: CreatedAt(),
  }),
  {
    description: 'Who has a room, and when',
    parent: 'room_id',
    index: [['room_id', 'starts_at']],
    without: ['delete'],
  },
)

extend(bookings, {
  hooks: {
    *beforeWrite({ before, after, now, db }) {
      if (after === undefined || after.state === 'cancelled') return
      const { room_id, starts_at, ends_at } = after
      if (starts_at >= ends_at) throw new Refusal(422, 'must be after its beginning', 'ends_at')
      if (before === undefined && starts_at < now.toISOString())
        throw new Refusal(422, 'must not be in the past', 'starts_at')
      // Whoever wants the same room waits here; the service sees the bookings of everyone.
      yield* db.lock(rooms, room_id)
      const others = yield* db.list(bookings, {
        room_id,
        state: 'booked',
        starts_at_lt: ends_at,
        ends_at_gt: starts_at,
      })
      if (others.some(({ id }) => id !== before?.id))
        throw new Refusal(409, 'The room is taken then.', 'starts_at')
    },
  },
  actions: {
    cancel: action({
      summary: 'Cancel a booking',
      run({ row, now }) {
        if (row.state !== 'booked') throw new Refusal(409, 'It is cancelled already.')
        if (row.ends_at <= now.toISOString()) throw new Refusal(409, 'It is over.')
        return { state: 'cancelled' as const }
      },
    }),
  },
})
