// Guests: each belongs to an event, and an email address is invited to an event only once.

import { Enum, Ref, resource, Type } from 'restwell'

export const guests = resource(
  'guests',
  Type.Object({
    event_id: Ref('events', { description: 'What they are invited to', examples: [2] }),
    name: Type.String({
      description: 'Who is invited',
      minLength: 1,
      maxLength: 100,
      examples: ['Ines Falk'],
    }),
    email: Type.String({
      description: 'Where the invitation goes',
      format: 'email',
      maxLength: 254,
      examples: ['ines@example.com'],
    }),
    status: Enum(['invited', 'accepted', 'declined'], {
      description: 'What they answered',
      default: 'invited',
      examples: ['accepted'],
    }),
    plus_ones: Type.Integer({
      description: 'How many people they bring',
      minimum: 0,
      maximum: 10,
      default: 0,
      examples: [1],
    }),
  }),
  {
    description: 'People invited to an event',
    parent: 'event_id',
    unique: [['event_id', 'email']],
    sample: [
      {
        event_id: 1,
        name: 'Ada Winterbourne',
        email: 'ada@example.com',
        status: 'accepted',
        plus_ones: 2,
      },
      {
        event_id: 1,
        name: 'Bruno Castell',
        email: 'bruno@example.com',
        status: 'accepted',
        plus_ones: 1,
      },
      {
        event_id: 1,
        name: 'Chidi Moreau',
        email: 'chidi@example.org',
        status: 'invited',
        plus_ones: 0,
      },
      {
        event_id: 1,
        name: 'Dagny Roe',
        email: 'dagny@example.org',
        status: 'declined',
        plus_ones: 0,
      },
      {
        event_id: 2,
        name: 'Ada Winterbourne',
        email: 'ada@example.com',
        status: 'invited',
        plus_ones: 0,
      },
      {
        event_id: 2,
        name: 'Emil Tanaka',
        email: 'emil@example.com',
        status: 'accepted',
        plus_ones: 0,
      },
      {
        event_id: 2,
        name: 'Farah Quist',
        email: 'farah@example.com',
        status: 'accepted',
        plus_ones: 3,
      },
      {
        event_id: 23,
        name: 'Bruno Castell',
        email: 'bruno@example.com',
        status: 'accepted',
        plus_ones: 4,
      },
      {
        event_id: 23,
        name: 'Dagny Roe',
        email: 'dagny@example.org',
        status: 'declined',
        plus_ones: 0,
      },
    ],
  },
)
