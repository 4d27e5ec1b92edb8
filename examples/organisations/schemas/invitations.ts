import { action, CreatedBy, Enum, extend, Line, Ref, Refusal, resource, sql, Type } from 'restwell'
import { memberships, requireRole } from './memberships.ts'

const week = 7 * 24 * 60 * 60 * 1000

export const invitations = resource(
  'invitations',
  Type.Object({
    organisation_id: Ref('organisations', { examples: [1] }),
    member: Line({
      description: 'The id of the invited caller',
      minLength: 1,
      maxLength: 200,
      examples: ['key:7'],
    }),
    role: Enum(['admin', 'editor', 'reader'], { default: 'reader' }),
    invited_by: CreatedBy(),
    expires_at: Type.String({ format: 'date-time', readOnly: true }),
  }),
  {
    description: 'Who may join an organisation, for a week',
    parent: 'organisation_id',
    unique: [['organisation_id', 'member']],
    without: ['replace', 'update'],
    visible: caller => sql`member = ${caller.id} or organisation_id in (
      select organisation_id from memberships where member = ${caller.id} and role = 'admin')`,
  },
)

extend(invitations, {
  hooks: {
    *beforeWrite({ before, after, caller, now, db }) {
      const { organisation_id, member } = after ?? before
      // Whoever is invited may also decline.
      if (after !== undefined || member !== caller.id)
        yield* requireRole(db, caller, organisation_id, ['admin'])
      return after && { expires_at: new Date(now.getTime() + week).toISOString() }
    },
  },
  actions: {
    accept: action({
      summary: 'Join the organisation',
      response: Type.Object({ membership_id: Type.Integer({ examples: [1] }) }),
      *run({ row, caller, now, db }) {
        const { organisation_id, member, role } = row
        if (member !== caller.id) throw new Refusal(403, 'Somebody else is invited.')
        if (row.expires_at <= now.toISOString()) throw new Refusal(409, 'It has expired.')
        const { id } = yield* db.create(memberships, { organisation_id, member, role })
        yield* db.remove(invitations, row.id)
        return { membership_id: id }
      },
    }),
  },
})
