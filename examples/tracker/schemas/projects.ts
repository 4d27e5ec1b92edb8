import { Line, resource, Type } from 'restwell'

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
