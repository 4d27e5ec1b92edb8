import { CreatedAt, extend, Line, resource, sql, Type } from 'restwell'
import { record } from './entries.ts'
import { memberships } from './memberships.ts'

export const organisations = resource(
  'organisations',
  Type.Object({
    name: Line({ minLength: 1, maxLength: 100, examples: ['Lantern Ltd'] }),
    created_at: CreatedAt(),
  }),
  {
    description: 'Who shares projects',
    without: ['replace', 'update', 'delete'],
    visible: caller =>
      sql`id in (select organisation_id from memberships where member = ${caller.id})`,
  },
)

extend(organisations, {
  hooks: {
    *afterWrite({ after, caller, db }) {
      if (after === undefined) return
      // By this the founder sees what was just made.
      const founder = { organisation_id: after.id, member: caller.id, role: 'admin' } as const
      yield* db.create(memberships, founder)
      yield* record(db, after.id, `founded ${after.name}`)
    },
  },
})
