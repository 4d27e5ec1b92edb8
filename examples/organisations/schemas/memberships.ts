import { type Caller, type Db, Enum, extend, Line, Ref, Refusal, resource, Type } from 'restwell'
import { record } from './entries.ts'
import { invitations } from './invitations.ts'

export const memberships = resource(
  'memberships',
  Type.Object({
    organisation_id: Ref('organisations', { fixed: true, examples: [1] }),
    member: Line({
      description: 'The id of a caller, such as key:7',
      fixed: true,
      minLength: 1,
      maxLength: 200,
      examples: ['key:7'],
    }),
    role: Enum(['admin', 'editor', 'reader'], { default: 'reader' }),
  }),
  {
    description: 'Who belongs to an organisation, and what they may do there',
    parent: 'organisation_id',
    unique: [['organisation_id', 'member']],
    visible: 'organisation_id',
  },
)

type Role = 'admin' | 'editor' | 'reader'

/** Refuses a caller who has none of these roles. */
export function* requireRole(db: Db, caller: Caller, organisation_id: number, roles: Role[]) {
  const held = yield* db.count(memberships, { organisation_id, member: caller.id, role: roles })
  if (held === 0) throw new Refusal(403, `This takes the role ${roles.join(' or ')}.`)
}

extend(memberships, {
  hooks: {
    *beforeWrite({ operation, before, after, caller, now, db }) {
      const { organisation_id, member } = after ?? before
      const all = yield* db.list(memberships, { organisation_id })
      // The first one is made with the organisation.
      if (all.length === 0) return
      const isInvited =
        operation === 'create' &&
        member === caller.id &&
        (yield* db.count(invitations, {
          organisation_id,
          member,
          role: after.role,
          expires_at_gt: now.toISOString(),
        })) > 0
      if (!isInvited) yield* requireRole(db, caller, organisation_id, ['admin'])
      const others = all.filter(other => other.member !== member)
      const next = after === undefined ? others : [...others, after]
      if (!next.some(({ role }) => role === 'admin'))
        throw new Refusal(409, 'An organisation needs an admin.')
      const what = after === undefined ? `dismissed ${member}` : `made ${member} ${after.role}`
      yield* record(db, organisation_id, what)
    },
  },
})
