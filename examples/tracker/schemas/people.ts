import { Line, resource, Type } from 'restwell'

export const people = resource(
  'people',
  Type.Object({
    name: Line({ maxLength: 100, examples: ['Ada Lovelace'] }),
    email: Type.String({ format: 'email' }),
  }),
  { description: 'Who works on issues', singular: 'person', unique: ['email'] },
)
