// Cars: optional fields, and one whose values no two cars share.

import { resource, Type } from 'restwell'

export const cars = resource(
  'cars',
  Type.Object({
    make: Type.Optional(
      Type.String({
        description: 'Who built it',
        minLength: 1,
        maxLength: 100,
        examples: ['Nissan'],
      }),
    ),
    model: Type.String({
      description: 'What its maker calls it',
      minLength: 1,
      maxLength: 100,
      examples: ['240SX'],
    }),
    year: Type.Optional(
      Type.Integer({
        description: 'The model year',
        minimum: 1886,
        maximum: 2100,
        examples: [1996],
      }),
    ),
    vin: Type.Optional(
      Type.String({
        description:
          'Vehicle identification number: 17 digits and capital letters without I, O and Q',
        pattern: '^[A-HJ-NPR-Z0-9]{17}$',
        minLength: 17,
        maxLength: 17,
        examples: ['JN1AS44D6TW000240'],
      }),
    ),
    color: Type.String({
      description: 'The color of its body',
      minLength: 1,
      maxLength: 50,
      examples: ['Silver'],
    }),
  }),
  {
    description: 'Cars, with their vehicle identification numbers where they are known',
    unique: ['vin'],
    sample: [
      {
        id: 1,
        make: 'GMC',
        model: '1500 Club Coupe',
        year: 1998,
        vin: '1D7RV1GTXAS806941',
        color: 'Red',
      },
      {
        id: 2,
        make: 'Lamborghini',
        model: 'Gallardo',
        year: 2006,
        vin: 'JN1BY1PR0FM736887',
        color: 'Mauve',
      },
      {
        id: 3,
        make: 'Chevrolet',
        model: 'Monte Carlo',
        year: 1996,
        vin: '1G4HP54K714224234',
        color: 'Violet',
      },
    ],
  },
)
