// Tasks: what is to be done. Each file in this folder defines a resource; /docs shows what follows from it.

import { CreatedAt, Enum, Refusal, resource, Type } from 'restwell'

export const tasks = resource(
  'tasks',
  Type.Object({
    title: Type.String({ minLength: 1, maxLength: 200, examples: ['Write the first test'] }),
    state: Enum(['open', 'done'], { default: 'open', description: 'Whether it is done' }),
    due: Type.Optional(
      Type.String({ format: 'date', description: 'The last day for it', examples: ['2030-05-31'] }),
    ),
    created_at: CreatedAt(),
  }),
  {
    description: 'What is to be done',
    hooks: {
      beforeWrite({ before, after }) {
        if (before?.state === 'done' && after?.state === 'open')
          throw new Refusal(409, 'A task that is done stays done.', 'state')
      },
    },
    sample: [{ title: 'Read schemas/tasks.ts' }, { title: 'Add a resource' }],
  },
)
