import { CreatedAt, CreatedBy, type Db, Line, Ref, resource, sql, Type } from 'restwell'

export const entries = resource(
  'entries',
  Type.Object({
    organisation_id: Ref('organisations', { examples: [1] }),
    what: Line({ maxLength: 400, examples: ['made key:7 editor'] }),
    who: CreatedBy(),
    at: CreatedAt(),
  }),
  {
    description: 'Who changed what: written by the service, and read by admins',
    parent: 'organisation_id',
    without: ['create', 'replace', 'update', 'delete'],
    visible: caller => sql`organisation_id in (
      select organisation_id from memberships where member = ${caller.id} and role = 'admin')`,
  },
)

/** Notes a change in the transaction that makes it: both are stored, or neither. */
export function record(db: Db, organisation_id: number, what: string) {
  return db.create(entries, { organisation_id, what })
}
