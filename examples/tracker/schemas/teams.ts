import { From, Line, Ref, resource, Type } from 'restwell'

export const teams = resource(
  'teams',
  Type.Object({
    name: Line({ minLength: 1, maxLength: 100, examples: ['Web'] }),
    lead_id: Type.Optional(Ref('people', { onDelete: 'null' })),
    lead_name: Type.Optional(From('lead_id', 'name')),
  }),
  {
    description: 'Who works together',
    unique: ['name'],
    sample: [{ id: 1, name: 'Web', lead_id: 1 }],
  },
)
