// The JSON Schema of a problem (RFC 9457 §3.1), the component `Problem` of the document.

import { problems, problemType } from './problem.ts'

export const problemShape = {
  $id: 'Problem',
  type: 'object',
  description: 'What went wrong (RFC 9457)',
  required: ['type', 'title', 'status', 'detail', 'instance', 'error'],
  properties: {
    type: {
      type: 'string',
      format: 'uri',
      description: 'The kind of problem; `about:blank` if the status says everything',
      examples: [...new Set(Object.values(problems).map(problemType))],
    },
    title: { type: 'string', description: 'A summary of the kind' },
    status: { type: 'integer', minimum: 400, maximum: 599, description: 'The status code' },
    detail: { type: 'string', description: 'What went wrong this time' },
    instance: {
      type: 'string',
      format: 'uri',
      description: 'The id of the request, which `Request-Id` and the log have too',
    },
    error: { type: 'string', deprecated: true, description: 'The same as `detail`' },
    errors: {
      type: 'array',
      description: 'Every finding: in the body (`pointer`) or in a parameter (`parameter`, `in`)',
      items: {
        type: 'object',
        required: ['detail'],
        properties: {
          line: {
            type: 'integer',
            description: 'The line of the body, from 1, where each line is a row',
          },
          pointer: {
            type: 'string',
            description: 'JSON Pointer into the body or the row, as a URI fragment (RFC 6901 §6)',
          },
          parameter: { type: 'string', description: 'The name of the parameter or header field' },
          in: {
            type: 'string',
            enum: ['path', 'query', 'header'],
            description: 'Where the parameter is',
          },
          detail: { type: 'string', description: 'What is wrong there' },
        },
      },
    },
    more: {
      type: 'integer',
      description: 'How many findings there are in lines beyond those in `errors`',
    },
    available: {
      type: 'array',
      items: { type: 'string' },
      description: 'With 406: the available media types',
    },
    'violated-policies': {
      type: 'array',
      items: { type: 'string' },
      description: 'With 429: the names of the policies whose quota is used up',
    },
  },
}
