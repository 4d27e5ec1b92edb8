// Resources of which a caller sees some rows: by SQL, by those of a reference, by claims, and by who asks at all.

import { Type } from '@sinclair/typebox'
import {
  action,
  extend,
  Ref,
  Refs,
  type Resource,
  resource,
  sql,
  view,
} from '../../src/resource/resource.ts'

const name = () => Type.String({ minLength: 1, maxLength: 40, examples: ['Garden'] })

const memberships = resource(
  'memberships',
  Type.Object({
    club_id: Ref('clubs', { onDelete: 'cascade', examples: [1] }),
    member: Type.String({ maxLength: 100, examples: ['nobody'] }),
  }),
  {
    description: 'Who is in which club',
    visible: caller =>
      sql`club_id in (select club_id from memberships where member = ${caller.id})`,
  },
)

/** Whoever founds a club is in it. */
const clubs = resource('clubs', Type.Object({ name: name() }), {
  description: 'Clubs',
  unique: ['name'],
  visible: caller =>
    sql`id in (select club_id from memberships where member = ${caller.id}) or name = ${caller.claims.club}`,
  hooks: {
    *afterWrite({ operation, after, caller, db }) {
      if (operation === 'create')
        yield* db.create(memberships, { club_id: after.id, member: caller.id })
    },
  },
})

const projects = resource(
  'projects',
  Type.Object({
    club_id: Ref('clubs', { onDelete: 'cascade', examples: [1] }),
    name: name(),
    open: Type.Boolean({ default: true }),
  }),
  { description: 'What a club does', parent: 'club_id', unique: ['name'], visible: 'club_id' },
)

extend(projects, {
  actions: {
    close: action({ summary: 'Close a project', run: () => ({ open: false }) }),
  },
  views: {
    size: view({
      summary: 'Measure the name of a project',
      response: Type.Object({ size: Type.Integer({ examples: [6] }) }),
      run: ({ row }) => ({ size: row.name.length }),
    }),
  },
})

const tasks = resource(
  'tasks',
  Type.Object({
    project_id: Type.Optional(Ref('projects', { onDelete: 'cascade', examples: [1] })),
    related: Refs('projects'),
    name: name(),
  }),
  { description: 'What is to do', parent: 'project_id', visible: 'project_id' },
)

const posters = resource(
  'posters',
  Type.Object({
    project_id: Type.Optional(Ref('projects', { onDelete: 'cascade', examples: [1] })),
    related: Refs('projects', { onDelete: 'remove' }),
    name: name(),
  }),
  { description: 'What everybody sees', parent: 'project_id' },
)

const orders = resource(
  'orders',
  Type.Object({
    code: Type.String({ minLength: 1, maxLength: 9, examples: ['A1'] }),
    customer_id: Type.Integer({ examples: [3] }),
  }),
  {
    description: 'What customers ordered',
    key: 'code',
    visible: caller => ({ customer_id: caller.claims.customer_id }),
  },
)

const articles = resource(
  'articles',
  Type.Object({ name: name(), published: Type.Boolean({ default: false }) }),
  {
    description: 'What the public reads when it is published',
    publicRead: true,
    visible: caller => caller.kind !== 'anonymous' || { published: true },
  },
)

export const limited = [
  memberships,
  clubs,
  projects,
  tasks,
  posters,
  orders,
] as unknown as readonly Resource[]

/** One that the public reads, too. */
export const partlyPublic = articles as unknown as Resource
