// Addresses of PostgreSQL, taken apart (PostgreSQL documentation, "Connection URIs"): what each part becomes, and what is
// said of a bad one.

import t from 'tap'
import {
  type DatabaseAddress,
  describeAddress,
  parseAddress,
  socketPath,
} from '../../../src/store/postgres/address.ts'

type Parts = Partial<DatabaseAddress>

const one = [{ host: 'one', port: 5432 }]

const good: [url: string, parts: Parts, environment?: Record<string, string>][] = [
  [
    'postgres://ada:secret@one/shop',
    { user: 'ada', password: 'secret', hosts: one, database: 'shop' },
  ],
  [
    'postgresql://ada:secret@one/shop',
    { user: 'ada', password: 'secret', hosts: one, database: 'shop' },
  ],
  ['postgres://ada:Sum@mer%232026@one/shop', { user: 'ada', password: 'Sum@mer#2026', hosts: one }],
  ['postgres://ada:a%2Fb%3Ac%40d@one/shop', { password: 'a/b:c@d' }],
  ['postgres://ada:a:b#c@one/shop', { password: 'a:b#c', hosts: one }],
  ['postgres://:secret@one/shop', { password: 'secret', hosts: one }],
  ['postgres://one', { hosts: one }],
  ['postgres://', { hosts: [{ host: 'localhost', port: 5432 }] }],
  ['postgres:///shop', { hosts: [{ host: 'localhost', port: 5432 }], database: 'shop' }],
  [
    'postgres://one:6543,two/shop',
    {
      hosts: [
        { host: 'one', port: 6543 },
        { host: 'two', port: 5432 },
      ],
    },
  ],
  [
    'postgres://[::1]:6543,[fe80::1]/shop',
    {
      hosts: [
        { host: '::1', port: 6543 },
        { host: 'fe80::1', port: 5432 },
      ],
    },
  ],
  [
    'postgres://ada@%2Frun%2Fpostgresql:6543/shop',
    { hosts: [{ host: '/run/postgresql', port: 6543 }] },
  ],
  ['postgres:///shop?host=/run/postgresql', { hosts: [{ host: '/run/postgresql', port: 5432 }] }],
  [
    'postgres:///?host=one,two&port=6543&user=ada&password=secret&dbname=shop',
    {
      hosts: [
        { host: 'one', port: 6543 },
        { host: 'two', port: 6543 },
      ],
      user: 'ada',
      password: 'secret',
      database: 'shop',
    },
  ],
  ['postgres://one/?port=6543', { hosts: [{ host: 'one', port: 6543 }] }],
  [
    'postgres://one/shop?search_path=a,b',
    { session: { application_name: 'restwell', search_path: 'a,b' } },
  ],
  ['postgres://one/shop?application_name=tills', { session: { application_name: 'tills' } }],
  [
    'postgres://one/shop?fallback_application_name=tills',
    { session: { application_name: 'tills' } },
  ],
  ['postgres://one/shop?connect_timeout=10', { connectTimeout: 10_000 }],
  ['postgres://one/shop', { connectTimeout: 3_000, session: { application_name: 'restwell' } }],
  [
    'postgres://one/shop?target_session_attrs=read-write&channel_binding=prefer',
    { session: { application_name: 'restwell' } },
  ],
  [
    'postgres:///',
    { hosts: [{ host: 'one', port: 6543 }], user: 'ada', password: 'secret', database: 'shop' },
    { PGHOST: 'one', PGPORT: '6543', PGUSER: 'ada', PGPASSWORD: 'secret', PGDATABASE: 'shop' },
  ],
  [
    'postgres://bob:other@two/',
    { hosts: [{ host: 'two', port: 5432 }], user: 'bob', password: 'other' },
    { PGHOST: 'one', PGUSER: 'ada', PGPASSWORD: 'secret' },
  ],
]

t.test('each part of an address, and what stands in for one that is missing', async t => {
  for (const [url, parts, environment] of good) t.match(parseAddress(url, environment), parts, url)
})

const none = { attempts: ['none'], verify: 'nothing', direct: false }
const required = { attempts: ['required'], verify: 'nothing', direct: false }

const tls: [query: string, settings: object, environment?: Record<string, string>][] = [
  ['', { attempts: ['offered', 'none'], verify: 'nothing', direct: false }],
  ['sslmode=disable', none],
  ['sslmode=allow', { attempts: ['none', 'required'], verify: 'nothing', direct: false }],
  ['sslmode=prefer', { attempts: ['offered', 'none'], verify: 'nothing', direct: false }],
  ['sslmode=require', required],
  ['ssl=true', required],
  ['sslmode=require&sslrootcert=ca.pem', { ...required, verify: 'authority', rootCert: 'ca.pem' }],
  ['sslmode=verify-ca', { ...required, verify: 'authority' }],
  ['sslmode=verify-full', { ...required, verify: 'host' }],
  [
    'sslmode=verify-full&sslrootcert=%2Fetc%2Fca.pem',
    { ...required, verify: 'host', rootCert: '/etc/ca.pem' },
  ],
  ['sslrootcert=system', { ...required, verify: 'host', rootCert: 'system' }],
  ['sslmode=require&sslnegotiation=direct', { ...required, direct: true }],
  [
    'sslmode=require&sslcert=c.pem&sslkey=k.pem&sslpassword=p%40ss',
    { ...required, cert: 'c.pem', key: 'k.pem', keyPassword: 'p@ss' },
  ],
  [
    '',
    { ...required, verify: 'host', rootCert: 'ca.pem' },
    { PGSSLMODE: 'verify-full', PGSSLROOTCERT: 'ca.pem' },
  ],
  ['sslmode=disable', none, { PGSSLMODE: 'verify-full' }],
]

t.test('how the way is encrypted, and what a certificate must prove', async t => {
  for (const [query, settings, environment] of tls)
    t.strictSame(parseAddress(`postgres://one/shop?${query}`, environment).tls, settings, query)
})

const bad: [url: string, message: RegExp][] = [
  ['postgres://ada:hun/ter2@one/shop', /^DATABASE_URL has an @ after its host: percent-encode/],
  ['postgres://ada:12/hunter2@one/shop', /has an @ after its host/],
  ['postgres://ada:hun?ter2@one/shop', /has an @ after its host/],
  ['postgres://ada:12?hunter=2@one/shop', /has an @ after its host/],
  ['postgres://ada:hunter2/shop', /has a port that is none: percent-encode/],
  ['postgres://ada:hunter2', /has a port that is none/],
  ['postgres://[hunter2/shop', /has a host that is none/],
  ['postgres://one:0/shop', /has a port that is none/],
  ['postgres://one:65536/shop', /has a port that is none/],
  ['postgres://ada:hunter2%@one/shop', /has a % that begins no percent-encoded character/],
  ['postgres://ada:hunter2@one/shop?hunter-2=1', /has a parameter without a name after its \?/],
  ['postgres://one/shop?=hunter2', /has a parameter without a name/],
  [
    'postgres://one/shop?connect_timeout=hunter2',
    /has a connect_timeout that is none: it is in whole seconds, 1 to 60/,
  ],
  ['postgres://one/shop?connect_timeout=0', /has a connect_timeout that is none/],
  [
    'postgres://one/shop?keepalives=1',
    /has keepalives, which the service does not heed: leave it out/,
  ],
  ['postgres://one/shop?sslcrl=hunter2', /has sslcrl, which the service does not heed/],
  ['postgres://one/shop?ssl=hunter2', /has ssl, which the service does not heed/],
  ['postgres://one/shop?passfile=hunter2', /has passfile, which the service does not heed/],
  [
    'postgres://one/shop?channel_binding=require',
    /has channel_binding=require, .*: write sslmode=verify-full instead/,
  ],
  [
    'postgres://one/shop?target_session_attrs=standby',
    /servers that take no writes: the service needs one that does/,
  ],
  [
    'postgres://one/shop?sslmode=hunter2',
    /has an sslmode that is none: it is one of disable, allow, prefer, require/,
  ],
  [
    'postgres://one/shop?sslrootcert=hunter2',
    /has sslrootcert: it needs sslmode=verify-full or verify-ca/,
  ],
  [
    'postgres://one/shop?sslmode=prefer&sslrootcert=hunter2',
    /has sslrootcert: it needs sslmode=verify-full/,
  ],
  [
    'postgres://one/shop?sslmode=verify-ca&sslrootcert=system',
    /has sslrootcert=system: it needs sslmode=verify-full/,
  ],
  [
    'postgres://one/shop?sslnegotiation=hunter2',
    /has an sslnegotiation that is none: it is postgres or direct/,
  ],
  [
    'postgres://one/shop?sslnegotiation=direct',
    /has sslnegotiation=direct: it needs sslmode=require or more/,
  ],
  [
    'postgres://one/shop?sslmode=require&sslcert=hunter2',
    /has sslcert or sslkey alone: name both files/,
  ],
]

t.test('a bad address is refused with what is wrong, and nothing of it is shown', async t => {
  for (const [url, message] of bad) {
    t.throws(() => parseAddress(url), { name: 'Error', message }, url)
    t.throws(
      () => parseAddress(url),
      { message: /^(?!.*hunter)(?!.*ter2)/s },
      `${url} keeps to itself`,
    )
  }
})

t.test('what people are shown of an address has no part of its password in it', async t => {
  const shown: [url: string, text: string][] = [
    ['postgres://ada:hunter2@one/shop', 'postgres://ada@one:5432/shop'],
    ['postgres://ada:hun@ter%232@one/shop', 'postgres://ada@one:5432/shop'],
    ['postgres://:hunter2@one/shop', 'postgres://one:5432/shop'],
    ['postgres:///shop?user=ada&password=hunter2&host=one', 'postgres://ada@one:5432/shop'],
    [
      'postgres://ada:hun#ter2@one:1,[::1]:2/shop?sslmode=require&sslpassword=hunter2',
      'postgres://ada@one:1,[::1]:2/shop',
    ],
    ['postgres://ad%40a:hunter2@%2Frun/sh%2Fop', 'postgres://ad%40a@%2Frun:5432/sh%2Fop'],
  ]
  for (const [url, text] of shown) t.equal(describeAddress(parseAddress(url)), text)
})

t.test('a host that is a folder has its socket in it', async t => {
  t.equal(socketPath({ host: '/run/postgresql', port: 5433 }), '/run/postgresql/.s.PGSQL.5433')
  t.equal(socketPath({ host: 'one', port: 5433 }), undefined)
})
