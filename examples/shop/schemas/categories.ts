import { extend, Line, Ref, Refusal, resource, sql, Type, view } from 'restwell'

export const categories = resource(
  'categories',
  Type.Object({
    name: Line({ minLength: 1, maxLength: 100, examples: ['Hardware'] }),
    parent_id: Type.Optional(Ref('categories')),
  }),
  { description: 'What products are sorted into: a tree', unique: [['parent_id', 'name']] },
)

extend(categories, {
  hooks: {
    *beforeWrite({ before, after, db }) {
      // Whoever moves a category must not put it below itself.
      let above = after?.parent_id ?? null
      while (above !== null) {
        if (above === before?.id)
          throw new Refusal(409, 'A category cannot be below itself.', 'parent_id')
        above = (yield* db.read(categories, above)).parent_id
      }
    },
  },
  views: {
    below: view({
      summary: 'All categories below one, at any depth',
      response: Type.Array(Type.Object({ id: Type.Integer(), name: Type.String() })),
      *run({ row, db }) {
        const found = yield* db.query(sql`
          with recursive below(id, name) as (
            select id, name from categories where parent_id = ${row.id}
            union all
            select categories.id, categories.name
            from categories join below on categories.parent_id = below.id
          )
          select id, name from below order by name, id`)
        return found.map(([id, name]) => ({ id: Number(id), name: String(name) }))
      },
    }),
  },
})
