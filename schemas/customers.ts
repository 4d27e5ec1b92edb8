// Customers of a CRM: one of a few words with a default, and a unique email address.

import { Enum, resource, Type } from 'restwell'

export const customers = resource(
  'customers',
  Type.Object({
    name: Type.String({
      description: 'How they are addressed',
      minLength: 1,
      maxLength: 100,
      examples: ['Priya Lindqvist'],
    }),
    email: Type.String({
      description: 'Where they can be written to',
      format: 'email',
      maxLength: 254,
      examples: ['priya@example.com'],
    }),
    company: Type.Optional(
      Type.String({
        description: 'Whom they buy for',
        minLength: 1,
        maxLength: 100,
        examples: ['Northlight Optics'],
      }),
    ),
    phone: Type.Optional(
      Type.String({
        description: 'Digits, spaces, hyphens, parentheses and +',
        pattern: '^[0-9 ()+-]+$',
        minLength: 1,
        maxLength: 32,
        examples: ['+44 20 7946 0185'],
      }),
    ),
    status: Enum(['lead', 'prospect', 'customer', 'lost'], {
      description: 'How far the conversation has come',
      default: 'lead',
      examples: ['prospect'],
    }),
  }),
  {
    description: 'People and companies who buy, or who might',
    unique: ['email'],
    sample: [
      {
        id: 1,
        name: 'Amara Vinter',
        email: 'amara@example.com',
        company: 'Vinter Furniture',
        phone: '+44 20 7946 0112',
        status: 'customer',
      },
      {
        id: 2,
        name: 'Teo Marchetti',
        email: 'teo@example.com',
        company: 'Three Ovens Bakery',
        status: 'customer',
      },
      {
        id: 3,
        name: 'Sunniva Blake',
        email: 'sunniva@example.org',
        phone: '+1 (202) 555-0143',
        status: 'lost',
      },
      {
        id: 4,
        name: 'Kofi Arden',
        email: 'kofi@example.org',
        company: 'Arden Bicycles',
        status: 'lead',
      },
    ],
  },
)
