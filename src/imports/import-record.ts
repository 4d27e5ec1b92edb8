// An import in the database: its record, which its caller reads, and its text in parts, which every instance reaches.

import { Type } from '@sinclair/typebox'
import { CreatedAt, Enum, Json, resource } from '../resource/resource.ts'

export const importStates = ['waiting', 'running', 'done', 'failed', 'cancelled'] as const

export type ImportState = (typeof importStates)[number]

const count = (description: string) => Type.Integer({ description, minimum: 0, default: 0 })

const time = (description: string) =>
  Type.Optional(
    Type.String({ description, format: 'date-time', examples: ['2026-06-18T14:06:12.480Z'] }),
  )

const finding = Type.Object({
  line: Type.Optional(Type.Integer({ description: 'In the text that was sent, from 1' })),
  pointer: Type.Optional(Type.String({ description: 'The member of the row (RFC 6901)' })),
  detail: Type.String({ description: 'What is wrong with it' }),
})

/** The part for the service alone: how the rows were sent, by whom, and which worker stores them. */
const ours = {
  upload: Type.String({ writeOnly: true, maxLength: 36, examples: ['u'] }),
  operation: Type.String({ writeOnly: true, maxLength: 200, examples: ['createBook'] }),
  address: Json({ writeOnly: true, examples: [{}] }),
  caller: Json({ writeOnly: true, maxBytes: 65_536, examples: [{}] }),
  attempts: Type.Integer({ writeOnly: true, minimum: 0, default: 0 }),
  runner: Type.Optional(Type.String({ writeOnly: true, maxLength: 36, examples: ['r'] })),
  heard_at: Type.Optional(
    Type.String({ writeOnly: true, format: 'date-time', examples: ['2026-06-18T14:06:12.480Z'] }),
  ),
}

export const importsResource = resource(
  'imports',
  Type.Object({
    resource: Type.String({
      description: 'Where its rows go',
      maxLength: 40,
      examples: ['books'],
    }),
    format: Enum(['ndjson', 'csv'], { description: 'How the rows were written' }),
    on_duplicate: Enum(['refuse', 'skip', 'replace'], {
      description: 'What happens to a row whose key or unique values are taken',
    }),
    state: Enum(importStates, {
      description: 'Whether its rows are stored: `done` means all of them, any other word none',
      default: 'waiting',
    }),
    size: count('How many bytes were received'),
    rows_read: count('How many rows were read so far'),
    created: count('How many are new'),
    replaced: count('How many have replaced others'),
    skipped: count('How many were left out'),
    refused: count('How many rows are wrong'),
    detail: Type.Optional(
      Type.String({
        description: 'Why it failed',
        maxLength: 2000,
        examples: ['Request had invalid or missing data.'],
      }),
    ),
    findings: Type.Array(finding, {
      description: 'What is wrong, by line: the first hundred',
      maxItems: 100,
      default: [],
      examples: [[]],
    }),
    more_findings: count('How many more there are'),
    created_at: CreatedAt({
      description: 'When it was received',
      examples: ['2026-06-18T14:06:12.480Z'],
    }),
    started_at: time('When the work on it began'),
    ended_at: time('When it ended'),
    ...ours,
  }),
  {
    description: 'Rows that were received in one request, and are stored after it',
    owner: true,
    index: ['state'],
    filterable: ['state'],
    sortable: ['id'],
  },
)

export const importParts = resource(
  'import_parts',
  Type.Object({
    upload: Type.String({ maxLength: 36 }),
    number: Type.Integer(),
    created_at: CreatedAt(),
    text: Type.String({ maxLength: 1_000_000 }),
  }),
  { description: 'The texts of imports, in parts', unique: [['upload', 'number']] },
)
