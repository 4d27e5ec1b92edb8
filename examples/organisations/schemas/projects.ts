import { Enum, extend, Line, MinorUnits, Ref, resource, Type } from 'restwell'
import { record } from './entries.ts'
import { requireRole } from './memberships.ts'

export const projects = resource(
  'projects',
  Type.Object({
    organisation_id: Ref('organisations', { fixed: true, examples: [1] }),
    name: Line({ minLength: 1, maxLength: 100, examples: ['A new lamp'] }),
    state: Enum(['planned', 'running', 'done'], { default: 'planned' }),
    budget: Type.Optional(MinorUnits({ minimum: 0, scope: 'projects:budget' })),
  }),
  {
    description: 'What the members of an organisation work on',
    parent: 'organisation_id',
    unique: [['organisation_id', 'name']],
    visible: 'organisation_id',
  },
)

extend(projects, {
  hooks: {
    *beforeWrite({ operation, before, after, caller, db }) {
      const { organisation_id, name } = after ?? before
      yield* requireRole(db, caller, organisation_id, ['admin', 'editor'])
      yield* record(db, organisation_id, `${operation}d the project ${name}`)
    },
  },
})
