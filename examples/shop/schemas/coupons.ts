import { Line, Refusal, resource, Type } from 'restwell'

export const coupons = resource(
  'coupons',
  Type.Object({
    code: Line({ minLength: 4, maxLength: 20, examples: ['SPRING'] }),
    percent: Type.Integer({ minimum: 1, maximum: 90, examples: [10] }),
    valid_from: Type.String({ format: 'date', examples: ['2030-03-01'] }),
    valid_to: Type.String({ format: 'date', examples: ['2030-05-31'] }),
  }),
  {
    description: 'What makes an order cheaper for a time',
    key: 'code',
    hooks: {
      beforeWrite({ after }) {
        if (after !== undefined && after.valid_to < after.valid_from)
          throw new Refusal(422, 'must not be before valid_from', 'valid_to')
      },
    },
  },
)
