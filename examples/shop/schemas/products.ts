import { extend, Line, MinorUnits, Ref, resource, Type, view } from 'restwell'

export const products = resource(
  'products',
  Type.Object({
    name: Line({ minLength: 1, maxLength: 200, examples: ['Box of nails'] }),
    price: MinorUnits({ minimum: 0, examples: [450] }),
    stock: Type.Integer({ minimum: 0, default: 0 }),
    category_id: Type.Optional(Ref('categories')),
    tags: Type.Array(Line({ minLength: 1, maxLength: 40, examples: ['iron'] }), {
      default: [],
      maxItems: 20,
      uniqueItems: true,
    }),
  }),
  { description: 'What is sold', publicRead: true, index: ['stock'], search: ['name'] },
)

extend(products, {
  views: {
    scarce: view({
      on: 'collection',
      scope: 'products:write',
      summary: 'The products of which few are left, the fewest first',
      parameters: Type.Object({ below: Type.Integer({ minimum: 1, examples: [10] }) }),
      response: Type.Array(
        Type.Object({ id: Type.Integer(), name: Type.String(), stock: Type.Integer() }),
      ),
      *run({ parameters, db }) {
        const found = yield* db.list(products, {
          stock_lt: parameters.below,
          sort: 'stock',
          limit: 100,
        })
        return found.map(({ id, name, stock }) => ({ id, name, stock }))
      },
    }),
  },
})
