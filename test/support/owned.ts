// Resources whose rows belong to their creators, below each other and referred to by one that everybody shares.

import { Type } from '@sinclair/typebox'
import { Owner, Ref, type Resource, resource, sql, view } from '../../src/resource/resource.ts'

const title = () => Type.String({ minLength: 1, maxLength: 100, examples: ['Tulips'] })

/** Its owner is shown, the one of notes is not. */
const folders = resource('folders', Type.Object({ title: title(), owner: Owner() }), {
  description: 'Where notes are kept',
  unique: ['title'],
})

const notes = resource(
  'notes',
  Type.Object({
    folder_id: Ref('folders', { examples: [1] }),
    title: title(),
    rank: Type.Integer({ default: 0 }),
  }),
  {
    description: 'What somebody wants to remember',
    owner: true,
    parent: 'folder_id',
    unique: [['folder_id', 'title']],
    views: {
      length: view({
        summary: 'Measure the title of a note',
        response: Type.Object({ length: Type.Integer({ examples: [6] }) }),
        *run({ row, db }) {
          const found = yield* db.query(sql`select length(title) from notes where id = ${row.id}`)
          return { length: Number(found[0]?.[0]) }
        },
      }),
    },
  },
)

const remarks = resource(
  'remarks',
  Type.Object({
    folder_id: Type.Optional(Ref('folders', { examples: [1] })),
    text: title(),
  }),
  { description: 'What everybody reads', parent: 'folder_id' },
)

export const owned = [folders, notes, remarks] as unknown as readonly Resource[]
