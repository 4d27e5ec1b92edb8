// What a service says of itself stands in its document and at `/`, and nothing there is the engine's.

import { feature } from '../support/service.ts'

const about = {
  title: 'Parcels',
  version: '2.1.0',
  description: 'Where **parcels** are.\n',
  termsOfService: 'https://example.com/terms',
  contact: { name: 'The team', email: 'team@example.com' },
  license: { name: 'Proprietary', url: 'https://example.com/licence' },
  servers: [{ url: 'https://staging.example.com', description: 'For trying out' }],
}

feature(
  'the document and the links begin with the words of the service',
  async (t, { get }) => {
    const { info, servers } = (await get('/openapi.json', { host: 'parcels.example:3000' })).json
    const { description, ...rest } = info
    const { description: _, servers: __, ...said } = about
    t.strictSame(rest, said)
    t.match(description, /^Where \*\*parcels\*\* are\.\n\nEvery resource works in the same way/)
    t.strictSame(
      servers.map(({ url }: { url: string }) => url),
      [
        'http://parcels.example:3000',
        'http://parcels.example:3000/v1',
        'https://staging.example.com',
      ],
    )
    const { name, version } = (await get('/')).json
    t.strictSame({ name, version }, { name: 'Parcels', version: '2.1.0' })
  },
  { about },
)

feature(
  'nothing that callers read names the engine, but the types of its problems and of what it does with rows',
  async (t, { get }) => {
    for (const url of ['/openapi.json', '/openapi.yaml', '/docs', '/docs/json', '/', '/books']) {
      const { text, headers } = await get(url)
      const read = text + JSON.stringify(headers)
      const own =
        /https:\/\/restwell\.dev\/problems\/|application\/vnd\.restwell\.(?:counts|import)/g
      t.notMatch(read.replaceAll(own, ''), /restwell/i, url)
    }
  },
  { about, access: { required: true, publicRead: new Set<string>() } },
)

feature(
  'the page shows every title as it is written, and may call the other servers',
  async (t, { get }) => {
    const { text, headers } = await get('/docs')
    t.match(text, '<title>Bread &amp; &lt;Butter></title>')
    t.match(
      headers['content-security-policy'],
      /connect-src 'self' https:\/\/staging\.example\.com;/,
    )
    const script = (await get('/docs/static/swagger-initializer.js')).text
    const [, logo = ''] = /base64,([\w+/=]+)/.exec(script) ?? []
    t.match(Buffer.from(logo, 'base64').toString(), '>Bread &amp; &lt;Butter></text>')
  },
  { about: { ...about, title: 'Bread & <Butter>' } },
)
