import { CreatedAt, Line, resource, Type } from 'restwell'

export const customers = resource(
  'customers',
  Type.Object({
    name: Line({ minLength: 1, maxLength: 200, examples: ['Ada Lovelace'] }),
    email: Type.String({ format: 'email' }),
    created_at: CreatedAt(),
  }),
  { description: 'Who buys', unique: ['email'] },
)
