// Countries: the smallest resource there is, and a good one to copy.

import { resource, Type } from 'restwell'

export const countries = resource(
  'countries',
  Type.Object({
    name: Type.String({
      description: 'Its short name in English',
      minLength: 1,
      maxLength: 100,
      examples: ['Germany'],
    }),
    capital: Type.String({
      description: 'Its seat of government',
      minLength: 1,
      maxLength: 100,
      examples: ['Berlin'],
    }),
    area: Type.Integer({
      description: 'In square kilometers',
      minimum: 0,
      examples: [357022, 1002450],
    }),
  }),
  {
    description: 'Countries, their capitals and how large they are',
    sample: [
      { id: 1, name: 'Thailand', capital: 'Bangkok', area: 513120 },
      { id: 2, name: 'Australia', capital: 'Canberra', area: 7617930 },
      { id: 3, name: 'Egypt', capital: 'Cairo', area: 1010408 },
    ],
  },
)
