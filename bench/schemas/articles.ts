// What the benchmarks store: eight fields of every scalar kind, and an index for the filter and sort that is measured.

import { Type } from '@sinclair/typebox'
import { Enum, resource } from '../../src/resource/resource.ts'

export const genres = [
  'art',
  'cooking',
  'drama',
  'history',
  'nature',
  'poetry',
  'science',
  'travel',
] as const

export const articles = resource(
  'articles',
  Type.Object({
    title: Type.String({ minLength: 1, maxLength: 100 }),
    author: Type.String({ minLength: 1, maxLength: 100 }),
    genre: Enum([...genres]),
    pages: Type.Integer({ minimum: 1, maximum: 10_000 }),
    price: Type.Integer({ minimum: 0, maximum: 1_000_000 }),
    in_stock: Type.Boolean({ default: true }),
    published: Type.String({ format: 'date' }),
    note: Type.Optional(Type.String({ maxLength: 200 })),
  }),
  { description: 'Rows to measure with', index: [['genre', 'published']] },
)
