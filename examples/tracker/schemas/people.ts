import { Line, Ref, resource, Type } from 'restwell'

export const people = resource(
  'people',
  Type.Object({
    name: Line({ maxLength: 100, examples: ['Ada Lovelace'] }),
    email: Type.String({ format: 'email' }),
    team_id: Type.Optional(Ref('teams', { onDelete: 'null' })),
  }),
  {
    description: 'Who works on issues',
    singular: 'person',
    parent: 'team_id',
    unique: ['email'],
    sample: [
      { id: 1, name: 'Ada Lovelace', email: 'lovelace@example.com', team_id: 1 },
      { id: 2, name: 'Ben Nye', email: 'nye@example.com', team_id: 1 },
    ],
  },
)
