import { extend, Line, resource, Type, view } from 'restwell'
import { issues } from './issues.ts'

export const projects = resource(
  'projects',
  Type.Object({
    code: Type.String({ pattern: '^[A-Z]{2,6}$', minLength: 2, maxLength: 6, examples: ['WEB'] }),
    name: Line({ maxLength: 100, examples: ['The web site'] }),
    last_number: Type.Integer({
      description: 'The number of its newest issue',
      readOnly: true,
      default: 0,
    }),
  }),
  { description: 'What issues are about', key: 'code' },
)

extend(projects, {
  views: {
    states: view({
      summary: 'How many issues of a project are open and closed',
      response: Type.Object({ open: Type.Integer(), closed: Type.Integer() }),
      *run({ row, db }) {
        const open = yield* db.count(issues, { project: row.code, state: 'open' })
        const closed = yield* db.count(issues, { project: row.code, state: 'closed' })
        return { open, closed }
      },
    }),
  },
})
