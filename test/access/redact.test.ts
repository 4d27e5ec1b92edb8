// Credentials that somebody put into an address are not in the log.

import { randomBytes } from 'node:crypto'
import t from 'tap'
import { makeKey } from '../../src/access/api-key.ts'
import { withoutSecrets } from '../../src/access/redact.ts'

t.test('keys and tokens are left out, and nothing else is', async t => {
  const token = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl_-'
  const table: [text: string, logged: string][] = [
    [`/books?key=${makeKey(randomBytes(32))}&limit=2`, '/books?key=…&limit=2'],
    [`/${makeKey(randomBytes(32))}/x`, '/…/x'],
    [`/books?access_token=${token}&limit=2`, '/books?access_token=…&limit=2'],
    [`/books?t=${token.replaceAll('.', '%2E')}`, '/books?t=…'],
    ['/books?name=eyJ.a&title=rw_live_', '/books?name=eyJ.a&title=rw_live_'],
    ['/books?fields=id,title', '/books?fields=id,title'],
  ]
  for (const [text, logged] of table) t.equal(withoutSecrets(text), logged)
})
