import {
  action,
  Computed,
  CreatedAt,
  CreatedBy,
  Enum,
  extend,
  From,
  Line,
  Ref,
  Refs,
  Refusal,
  resource,
  Type,
  UpdatedAt,
  view,
} from 'restwell'
import { comments } from './comments.ts'
import { projects } from './projects.ts'

export const issues = resource(
  'issues',
  Type.Object({
    project: Ref<string>('projects', { fixed: true, examples: ['WEB'] }),
    number: Type.Integer({ description: 'Counts the issues of its project', readOnly: true }),
    title: Line({ minLength: 1, maxLength: 200, examples: ['The page is blank'] }),
    text: Type.Optional(Type.String({ maxLength: 10_000 })),
    state: Enum(['open', 'closed'], { default: 'open', readOnly: true }),
    priority: Enum(['low', 'normal', 'high'], { default: 'normal' }),
    due: Type.Optional(Type.String({ format: 'date' })),
    assignee_id: Type.Optional(Ref('people', { onDelete: 'null' })),
    assignee_name: Type.Optional(From('assignee_id', 'name')),
    labels: Refs('labels', { onDelete: 'remove' }),
    author: CreatedBy(),
    created_at: CreatedAt(),
    updated_at: UpdatedAt(),
    closed_at: Type.Optional(Type.String({ format: 'date-time', readOnly: true })),
  }),
  {
    description: 'What is to be done',
    parent: 'project',
    unique: [['project', 'number']],
    index: ['due'],
    search: { fields: ['title', 'text'], language: 'english' },
    summary: true,
    computed: {
      code: Computed(
        Line({ maxLength: 30, examples: ['WEB-1'] }),
        ({ project, number }) => `${project}-${number}`,
      ),
    },
  },
)

extend(issues, {
  hooks: {
    *beforeWrite({ operation, after, db }) {
      if (operation !== 'create') return {}
      // Whoever creates another issue of the project waits here, so no number is given twice.
      const { last_number } = yield* db.lock(projects, after.project)
      const number = last_number + 1
      yield* db.change(projects, after.project, { last_number: number })
      return { number }
    },
  },
  actions: {
    close: action({
      summary: 'Close an issue',
      body: Type.Object({
        comment: Type.Optional(Type.String({ minLength: 1, maxLength: 10_000 })),
      }),
      *run({ row, body, now, db }) {
        if (row.state === 'closed') throw new Refusal(409, 'The issue is closed.', 'state')
        if (body.comment !== undefined)
          yield* db.create(comments, { issue_id: row.id, text: body.comment })
        return { state: 'closed', closed_at: now.toISOString() }
      },
    }),
    reopen: action({
      summary: 'Open a closed issue again',
      run({ row }) {
        if (row.state === 'open') throw new Refusal(409, 'The issue is open.', 'state')
        return { state: 'open', closed_at: null }
      },
    }),
  },
  views: {
    overdue: view({
      on: 'collection',
      summary: 'The open issues that are late on a day, the latest first',
      parameters: Type.Object({ day: Type.String({ format: 'date' }) }),
      response: Type.Array(
        Type.Object({
          id: Type.Integer(),
          title: Type.String(),
          due: Type.String({ format: 'date' }),
        }),
      ),
      *run({ parameters, db }) {
        const late = yield* db.list(issues, {
          state: 'open',
          due_lt: parameters.day,
          sort: 'due',
          limit: 100,
        })
        return late.map(({ id, title, due }) => ({ id, title, due: due ?? parameters.day }))
      },
    }),
  },
})
