// Books: a list of objects among the fields, a date, and a number of a known form.

import { resource, Type } from 'restwell'

const Author = Type.Object({
  name: Type.String({ description: 'As on the title page', minLength: 1, maxLength: 100 }),
})

export const books = resource(
  'books',
  Type.Object({
    title: Type.String({
      description: 'As on the title page',
      minLength: 1,
      maxLength: 200,
      examples: ['A Field Guide to Small Servers'],
    }),
    authors: Type.Array(Author, {
      description: 'In the order of the title page',
      minItems: 1,
      maxItems: 100,
      examples: [[{ name: 'Mira Sandholm' }, { name: 'Jonas Petit' }]],
    }),
    page_count: Type.Optional(
      Type.Integer({ description: 'How many pages it has', minimum: 1, examples: [248] }),
    ),
    pub_date: Type.Optional(
      Type.String({
        description: 'The day it was published',
        format: 'date',
        examples: ['2024-09-17'],
      }),
    ),
    isbn13: Type.Optional(
      Type.String({
        description: 'ISBN of 13 digits, with one hyphen after the prefix',
        pattern: '^97[89]-[0-9]{10}$',
        minLength: 14,
        maxLength: 14,
        examples: ['978-0000000002'],
      }),
    ),
    genre: Type.Optional(
      Type.String({
        description: 'The shelf it stands on',
        minLength: 1,
        maxLength: 50,
        examples: ['Technology'],
      }),
    ),
  }),
  {
    description: 'Books and who wrote them',
    unique: ['isbn13'],
    sample: [
      {
        title: 'Python Basics',
        authors: [
          { name: 'David Amos' },
          { name: 'Joanna Jablonski' },
          { name: 'Dan Bader' },
          { name: 'Fletcher Heisler' },
        ],
        page_count: 635,
        pub_date: '2021-03-16',
        isbn13: '978-1775093329',
        genre: 'Education',
      },
      { title: 'Python Essentials', authors: [{ name: 'Jane Doe' }] },
    ],
  },
)
