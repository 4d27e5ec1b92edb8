// Rules that a team has in its database and no definition can say: what they refuse is told in their own words.

import { readFileSync } from 'node:fs'
import { Type } from '@sinclair/typebox'
import { pino } from 'pino'
import { type Resource, resource } from '../../src/resource/resource.ts'
import { toMigrationFile } from '../../src/store/migration/files.ts'
import { blocks } from '../support/readme.ts'
import { feature, problemOf, type Service } from '../support/service.ts'

const messages: string[] = []
const logger = pino({ level: 'info' }, { write: line => void messages.push(JSON.parse(line).msg) })

const bookings = resource(
  'bookings',
  Type.Object({
    room: Type.Integer(),
    guests: Type.Integer({ default: 1 }),
  }),
  { description: 'Bookings' },
)

const own = { resources: [bookings as unknown as Resource], logger }

const setup = {
  sqlite: `
    create trigger taken before insert on bookings when exists (select 1 from bookings where room = new.room)
      begin select raise(abort, 'the room is taken'); end;
    create trigger full before update on bookings when new.guests > 9 begin select raise(rollback, 'the room is full'); end;
    create trigger kept before delete on bookings when old.room = 1 begin select raise(fail, 'room 1 is kept'); end;
    create trigger dropped before insert on bookings when new.room = 13 begin select raise(ignore); end;
    alter table bookings add constraint few check (guests < 100);`,
  postgres: `
    create function refuse() returns trigger language plpgsql as $$ begin
      if tg_op = 'INSERT' and new.room = 13 then return null; end if;
      if tg_op = 'INSERT' and exists (select 1 from bookings where room = new.room) then raise 'the room is taken'; end if;
      if tg_op = 'UPDATE' and new.guests > 9 and new.guests < 100 then raise 'the room is full'; end if;
      if tg_op = 'DELETE' then if old.room = 1 then raise 'room 1' using hint = 'is kept'; end if; return old; end if;
      return new;
    end $$;
    create trigger refuse before insert or update or delete on bookings for each row execute function refuse();
    alter table bookings add constraint few check (guests < 100);`,
}

async function withRules({ store }: Service): Promise<void> {
  await store.transact(function* () {
    yield { text: setup[store.dialect.name], values: [], script: true }
  })
}

feature(
  'a write that a rule of the database refuses is 409 in the words of the rule, and is logged',
  async (t, service) => {
    const { post, patch, get } = service
    await withRules(service)
    t.equal((await post('/bookings', { room: 1 })).status, 201)
    messages.length = 0
    const taken = await post('/bookings', { room: 1 })
    t.match(problemOf(taken), { status: 409, title: 'Conflict', detail: 'the room is taken' })
    t.match(problemOf(await patch('/bookings/1', { guests: 10 })), {
      status: 409,
      detail: 'the room is full',
    })
    t.match(problemOf(await service.delete('/bookings/1')), {
      status: 409,
      detail: 'room 1 is kept',
    })
    t.match(problemOf(await post('/bookings', { room: 2, guests: 100 })), {
      type: 'https://restwell.dev/problems/refused-by-rule',
      status: 422,
      detail: 'A rule of the database does not allow it: few.',
    })
    t.match(problemOf(await post('/bookings', { room: 13 })), {
      status: 409,
      detail: 'A trigger on bookings in the database drops such a write.',
    })
    t.strictSame(messages, Array(5).fill('a rule of the database refused a write to bookings'))
    t.strictSame((await get('/bookings')).json, [{ id: 1, room: 1, guests: 1 }])
    t.equal((await service.post('/bookings', { room: 1 }, { 'idempotency-key': 'a' })).status, 409)
    t.equal(
      (await service.post('/bookings', { room: 1 }, { 'idempotency-key': 'a' })).headers[
        'idempotent-replayed'
      ],
      'true',
    )
  },
  own,
)

feature(
  'a rule refuses one write, not those that come at the same moment',
  async (t, service) => {
    const { post, patch, get } = service
    await withRules(service)
    await post('/bookings', { room: 1 })
    const rooms = [2, 1, 3, 1, 4]
    const answers = await Promise.all([
      ...rooms.map(room => post('/bookings', { room })),
      patch('/bookings/1', { guests: 50 }),
      post('/bookings', { room: 5 }),
    ])
    t.strictSame(
      answers.map(({ status }) => status),
      [201, 409, 201, 409, 201, 409, 201],
    )
    t.strictSame(
      (await get('/bookings?sort=room')).json.map(({ room }: { room: number }) => room),
      [1, 2, 3, 4, 5],
    )
  },
  own,
)

feature(
  'an exclusion between rows is 409 by its name',
  async (t, service) => {
    const { post, store } = service
    if (store.dialect.name === 'sqlite') return void t.pass('SQLite has no exclusion constraints')
    await store.query({
      text: 'alter table bookings add constraint apart exclude (room with =)',
      values: [],
    })
    await post('/bookings', { room: 1 })
    t.match(problemOf(await post('/bookings', { room: 1 })), {
      status: 409,
      detail: 'A rule of the database does not allow it: apart.',
    })
  },
  own,
)

const [sqlite = '', postgres = ''] = blocks(
  readFileSync('docs/definitions.md', 'utf8'),
  'sql',
).filter(block => block.includes('blocks_apart'))
const numbers = resource('blocks', Type.Object({ first: Type.Integer(), last: Type.Integer() }), {
  description: 'Blocks of numbers',
})
const printed = {
  resources: [numbers],
  sample: false,
  files: (database: 'sqlite' | 'postgres') => [
    toMigrationFile('0001-blocks-apart.sql', { sqlite, postgres }[database]),
  ],
}

feature(
  'the rules that the guide prints hold in a new database',
  async (t, { post, patch, get, store }) => {
    t.equal((await post('/blocks', { first: 1, last: 9 })).status, 201)
    t.equal((await post('/blocks', { first: 10, last: 19 })).status, 201)
    const taken =
      store.dialect.name === 'sqlite'
        ? 'The numbers are taken.'
        : 'A rule of the database does not allow it: blocks_apart.'
    t.match(problemOf(await post('/blocks', { first: 5, last: 6 })), { status: 409, detail: taken })
    t.match(problemOf(await patch('/blocks/2', { first: 9 })), { status: 409, detail: taken })
    t.match(problemOf(await post('/blocks', { first: 30, last: 20 })), {
      status: 422,
      detail: 'A rule of the database does not allow it: first_to_last.',
    })
    t.equal((await patch('/blocks/2', { last: 29 })).status, 200)
    t.equal((await get('/blocks')).json.length, 2)
  },
  printed,
)

feature(
  'a check is a conflict where code of the service writes the row',
  async (t, { post }) => {
    t.match(problemOf(await post('/orders', { first: 7, last: 3 })), {
      status: 409,
      detail: 'A rule of the database does not allow it: first_to_last.',
    })
  },
  {
    ...printed,
    resources: [
      numbers,
      resource('orders', Type.Object({ first: Type.Integer(), last: Type.Integer() }), {
        description: 'Orders of blocks',
        hooks: {
          *beforeWrite({ after, db }) {
            if (after) yield* db.create(numbers, { first: after.first, last: after.last })
          },
        },
      }) as unknown as Resource,
    ],
  },
)
