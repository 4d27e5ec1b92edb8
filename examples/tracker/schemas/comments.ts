import { CreatedAt, CreatedBy, Ref, resource, Type } from 'restwell'

export const comments = resource(
  'comments',
  Type.Object({
    issue_id: Ref('issues', { onDelete: 'cascade', fixed: true }),
    text: Type.String({ minLength: 1, maxLength: 10_000, examples: ['It happens here, too.'] }),
    author: CreatedBy(),
    created_at: CreatedAt(),
  }),
  { description: 'What people say of issues', parent: 'issue_id', without: ['replace'] },
)
