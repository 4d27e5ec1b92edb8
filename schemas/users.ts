// Users: they choose their own key, so that PUT /users/{username} creates as well as replaces.

import { CreatedAt, resource, Type } from 'restwell'

export const users = resource(
  'users',
  Type.Object({
    username: Type.String({
      description: 'Lower-case letters, digits and hyphens',
      pattern: '^[a-z0-9-]+$',
      minLength: 1,
      maxLength: 39,
      examples: ['mira-s'],
    }),
    name: Type.Optional(
      Type.String({
        description: 'Their full name',
        minLength: 1,
        maxLength: 100,
        examples: ['Mira Sandholm'],
      }),
    ),
    email: Type.Optional(
      Type.String({
        description: 'Where they can be written to',
        format: 'email',
        maxLength: 254,
        examples: ['mira@example.com'],
      }),
    ),
    bio: Type.Optional(
      Type.String({
        description: 'A few words about oneself',
        maxLength: 1000,
        examples: ['Builds small servers.'],
      }),
    ),
    created_at: CreatedAt({ examples: ['2026-06-18T08:30:00.125Z'] }),
  }),
  {
    description: 'People who use the service, by the names they chose',
    key: 'username',
    sample: [
      {
        username: 'ada',
        name: 'Ada Winterbourne',
        email: 'ada@example.com',
        bio: 'Counts things, then counts them again.',
        created_at: '2026-01-05T10:00:00.000Z',
      },
      {
        username: 'bruno',
        name: 'Bruno Castell',
        email: 'bruno@example.com',
        created_at: '2026-01-22T16:41:09.318Z',
      },
      {
        username: 'chidi-m',
        name: 'Chidi Moreau',
        bio: 'Here for the cake.',
        created_at: '2026-03-30T07:12:53.640Z',
      },
      {
        username: 'd4gny',
        name: 'Dagny Roe',
        email: 'dagny@example.org',
        created_at: '2026-05-02T21:58:27.071Z',
      },
    ],
  },
)
