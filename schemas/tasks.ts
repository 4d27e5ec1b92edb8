// Tasks: a list shows less than a member, and what is deleted stays in the table, marked as done.

import { Line, resource, Type } from 'restwell'

export const tasks = resource(
  'tasks',
  Type.Object({
    summary: Line({
      description: 'A single line of less than 120 characters',
      minLength: 1,
      maxLength: 119,
      examples: ['Take out trash'],
    }),
    description: Type.String({
      description: 'What there is to know beyond the summary',
      maxLength: 10_000,
      default: '',
      examples: [
        'The bins are collected on Thursday morning.',
        'Need to get a half gallon of organic 2% milk, and bread.',
      ],
    }),
  }),
  {
    description: 'Things to do; deleting one marks it as done',
    listed: ['id', 'summary'],
    keepDeleted: true,
    sample: [
      { id: 3643, summary: 'Wash car', description: '' },
      { id: 3697, summary: 'Visit gym', description: '' },
      {
        id: 3792,
        summary: 'Get milk',
        description: 'Need to get a half gallon of organic 2% milk.',
      },
    ],
  },
)
