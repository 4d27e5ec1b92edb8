import { Line, resource, Type } from 'restwell'

export const labels = resource(
  'labels',
  Type.Object({
    name: Line({ minLength: 1, maxLength: 40, examples: ['bug'] }),
    color: Type.String({ pattern: '^#[0-9a-f]{6}$', maxLength: 7, examples: ['#d73a4a'] }),
  }),
  { description: 'What issues are sorted by', unique: ['name'] },
)
