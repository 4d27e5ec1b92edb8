// Todos: a field with a default, an index for the usual question, and sample rows that are made rather than listed.

import { resource, Type } from 'restwell'

const activities = [
  'Set a date for',
  'Agree on a budget for',
  'Draw up the guest list for',
  'Send the invitations to',
  'Order the food for',
  'Find some music for',
  'Ask the neighbors about',
  'Hang the decorations for',
  'Bring a camera to',
  'Write thank-you notes after',
]

/** One for each user. */
const occasions = [
  'the birthday party',
  'the school reunion',
  'the summer concert',
  'the wedding',
  'the book launch',
  'the charity run',
  'the science fair',
  'the harvest supper',
  'the film night',
  'the chess tournament',
  'the farewell lunch',
  'the housewarming',
  'the winter market',
  'the choir evening',
  'the anniversary dinner',
  'the picnic by the lake',
  'the street festival',
  'the costume ball',
  'the poetry reading',
  'the New Year breakfast',
]

export const todos = resource(
  'todos',
  Type.Object({
    userId: Type.Integer({ description: 'Whose it is', minimum: 1, examples: [1] }),
    title: Type.String({
      description: 'What is to be done',
      minLength: 1,
      maxLength: 200,
      examples: ['Water the plants on the balcony'],
    }),
    completed: Type.Boolean({
      description: 'Whether it is done',
      default: false,
      examples: [false],
    }),
  }),
  {
    description: 'What users mean to do, and whether they have done it',
    index: ['userId'],
    sample: occasions.flatMap((occasion, user) =>
      activities.map((activity, position) => {
        const id = user * activities.length + position + 1
        const title = id === 1 ? 'delectus aut autem' : `${activity} ${occasion}`
        return { id, userId: user + 1, title, completed: id % 5 === 0 || id % 7 === 0 }
      }),
    ),
  },
)
