// service.yaml: what a project may say of its service, and what is told of mistakes in it.

import t from 'tap'
import { parseServiceFile } from '../../src/definitions/service-file.ts'

t.test('a service may say nothing, or all of it', async t => {
  t.strictSame(parseServiceFile('service.yaml', ''), {})
  const whole = {
    title: 'Parcels',
    version: '2.1.0',
    description: 'Where parcels are.\n',
    termsOfService: 'https://example.com/terms',
    contact: { name: 'The team', url: 'https://example.com', email: 'team@example.com' },
    license: { name: 'MIT', identifier: 'MIT' },
    servers: [{ url: 'https://staging.example.com', description: 'For trying out' }],
  }
  t.strictSame(parseServiceFile('service.yaml', JSON.stringify(whole)), whole)
})

t.test('a mistake is told with its file and member', async t => {
  const table: [content: string, message: string][] = [
    ['title: [', 'service.yaml: is not YAML'],
    ['- a', 'service.yaml: must be object'],
    ['titel: Parcels', 'service.yaml: titel is not a known member'],
    ['title: 12', 'service.yaml: title must be string'],
    ['contact: { email: none }', 'service.yaml: contact.email must be a valid email'],
    ['license: { url: "https://example.com" }', 'service.yaml: license.name is required'],
    [
      'license: { name: MIT, identifier: MIT, url: "https://example.com" }',
      'service.yaml: license has either an identifier or a url',
    ],
    ['servers: [{ url: "ftp://example.com" }]', 'service.yaml: servers.0.url must match'],
    ['servers: [{ url: staging }]', 'service.yaml: servers.0.url must be a valid uri'],
  ]
  for (const [content, message] of table)
    t.throws(() => parseServiceFile('service.yaml', content), { message: new RegExp(message) })
})
