import t from 'tap'
import { instanceOf, parseRequestId } from '../../src/http/request-id.ts'

const id = '8e03978e-40d5-43e8-bc93-6894a57f9324'

t.test('the ids of proxies are UUIDs, as Envoy and Caddy or as nginx writes them', async t => {
  for (const good of [id, id.replaceAll('-', ''), id.toUpperCase()])
    t.equal(parseRequestId(good), good)
  for (const bad of [undefined, '', `${id}0`, `${id}\n`, 'x"}', [id, id], id.slice(1)])
    t.equal(parseRequestId(bad), undefined)
})

t.test('a problem has the id as a URI (RFC 9457 §3.1.5)', async t => {
  t.equal(instanceOf(id), `urn:uuid:${id}`)
})
