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
import { weeksLater } from './zone.ts'

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
    repeat: action({
      summary: 'Repeat a booking every week',
      description: 'At the same time of the day where the room is. All weeks are booked, or none.',
      body: Type.Object({ weeks: Type.Integer({ minimum: 1, maximum: 52, examples: [4] }) }),
      response: Type.Object({ ids: Type.Array(Type.Integer({ examples: [2] })) }),
      *run({ row, body, db }) {
        const { id: _, created_at: __, ...booking } = row
        if (row.state !== 'booked') throw new Refusal(409, 'It is cancelled.')
        const { zone } = yield* db.read(rooms, row.room_id)
        const ids: number[] = []
        for (let week = 1; week <= body.weeks; week++) {
          const [starts, ends] = [row.starts_at, row.ends_at].map(at => weeksLater(at, week, zone))
          if (starts === undefined || ends === undefined || ends.getUTCFullYear() > 9999)
            throw new Refusal(409, 'Nobody knows so far ahead.', 'weeks')
          const [starts_at, ends_at] = [starts.toISOString(), ends.toISOString()]
          ids.push((yield* db.create(bookings, { ...booking, starts_at, ends_at })).id)
        }
        return { ids }
      },
    }),
  },
})
