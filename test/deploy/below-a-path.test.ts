// The service below a path of nginx and of Caddy, as docs/deployment.md says: whatever it links to is found from outside.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { findCaddy } from '../support/caddy.ts'
import { freePort } from '../support/postgres-server.ts'
import { folderOf, serve } from '../support/process.ts'
import { findProgram, startProxy } from '../support/proxy.ts'

/** The parsed body. A test knows what it expects, so it is not typed. */
// biome-ignore lint/suspicious/noExplicitAny: see above
const json = (response: Response): Promise<any> => response.json()

const nginx = findProgram(['nginx', '/usr/sbin/nginx'], '-v')
const caddy = findCaddy()

interface Site {
  readonly folder: string
  /** The port of the proxy, and of the service. */
  readonly front: number
  readonly back: number
}

/** `location`: what docs/deployment.md has. */
const nginxWith = (location: (back: number) => string) => (t: Test, site: Site) => {
  const { folder, front, back } = site
  const file = join(folder, 'nginx.conf')
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map(name => `${name}_temp_path ${folder}/${name};`)
    .join(' ')
  writeFileSync(
    file,
    `daemon off; pid ${folder}/nginx.pid; error_log stderr; events {}
    http { access_log off; ${paths} server { listen 127.0.0.1:${front}; ${location(back)} } }`,
  )
  return startProxy(t, {
    command: [nginx ?? '', '-p', folder, '-e', 'stderr', '-c', file],
    probe: `http://127.0.0.1:${front}/api/livez`,
  })
}

const caddyWith = (handle: (back: number) => string) => (t: Test, site: Site) => {
  const { folder, front, back } = site
  const file = join(folder, 'Caddyfile')
  writeFileSync(
    file,
    `{\nadmin off\npersist_config off\n}\nhttp://127.0.0.1:${front} {\n${handle(back)}\n}\n`,
  )
  return startProxy(t, {
    command: [caddy ?? '', 'run', '--config', file, '--adapter', 'caddyfile'],
    probe: `http://127.0.0.1:${front}/api/livez`,
  })
}

interface Way {
  readonly what: string
  readonly skip: false | string
  readonly settings: Readonly<Record<string, string>>
  readonly start: (t: Test, site: Site) => Promise<void>
}

const withoutNginx = nginx === undefined && 'there is no nginx here: apt-get install nginx-light'
const withoutCaddy =
  caddy === undefined && 'there is no caddy here: npm run lint:deploy installs it'

const ways: readonly Way[] = [
  {
    what: 'nginx leaves the path',
    skip: withoutNginx,
    settings: { BASE_PATH: '/api' },
    start: nginxWith(
      back =>
        `location /api/ { proxy_pass http://127.0.0.1:${back}; proxy_set_header Host $http_host; }`,
    ),
  },
  {
    what: 'nginx takes the path away',
    skip: withoutNginx,
    settings: { BASE_PATH: '/api' },
    start: nginxWith(
      back =>
        `location /api/ { proxy_pass http://127.0.0.1:${back}/; proxy_set_header Host $http_host; }`,
    ),
  },
  {
    what: 'nginx takes the path away and says so',
    skip: withoutNginx,
    settings: { TRUST_PROXY: '127.0.0.1' },
    start: nginxWith(
      back => `location /api/ { proxy_pass http://127.0.0.1:${back}/; proxy_set_header Host $http_host;
        proxy_set_header X-Forwarded-Prefix /api; }`,
    ),
  },
  {
    what: 'Caddy leaves the path',
    skip: withoutCaddy,
    settings: { BASE_PATH: '/api' },
    start: caddyWith(back => `reverse_proxy /api/* 127.0.0.1:${back}`),
  },
  {
    what: 'Caddy takes the path away and says so',
    skip: withoutCaddy,
    settings: { TRUST_PROXY: '127.0.0.1' },
    start: caddyWith(
      back => `handle_path /api/* {
        reverse_proxy 127.0.0.1:${back} {
          header_up X-Forwarded-Prefix /api
        }
      }`,
    ),
  },
]

for (const { what, skip, settings, start } of ways)
  t.test(`every link leads below the path: ${what}`, { skip }, async t => {
    const folder = folderOf(t)
    const [front, back] = [await freePort(), await freePort()]
    await serve(t, { ...settings, PORT: String(back), SAMPLE_DATA: 'true' }, folder)
    await start(t, { folder, front, back })
    const address = `http://127.0.0.1:${front}`
    const found = async (path: string, base = address) => {
      const response = await fetch(new URL(path, base))
      t.equal(response.status, 200, `${response.url}`)
      t.match(response.url, `${address}/api`)
      return response
    }

    const root = await json(await found('/api/'))
    for (const { href } of root.links) await found(href)
    for (const path of root.resources) await found(path)
    const page = await found('/api/countries?limit=1')
    const [, next = ''] = /<([^>]+)>; rel="next"/.exec(page.headers.get('link') ?? '') ?? []
    await found(next, page.url)
    const created = await fetch(`${address}/api/v1/countries`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'Nowhere', capital: 'None', area: 1 }),
    })
    t.equal(created.status, 201)
    await found(created.headers.get('location') ?? '', created.url)

    const { servers } = await json(await found('/api/openapi.json'))
    for (const { url } of servers) await found(`${url}/countries`.replace('//c', '/c'))
    for (const path of ['/api/docs', '/api/docs/', '/api/v1/docs']) {
      const docs = await found(path)
      const files = [...(await docs.text()).matchAll(/(?:src|href)="([^"]+)"/g)]
      t.ok(files.length >= 5)
      for (const [, file = ''] of files) await found(file, docs.url)
      const shown = await json(await found('docs/json', docs.url.replace(/docs\/?$/, '')))
      await found(`${shown.servers[0].url}/countries`)
    }
    t.equal((await fetch(`http://127.0.0.1:${back}/readyz`)).status, 200, 'probes need no path')
  })
