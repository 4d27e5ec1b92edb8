// A definition changes, and with it what a row looks like: what callers have kept is not the current state, though the row is.

import { Type } from '@sinclair/typebox'
import t from 'tap'
import { define } from '../support/definitions.ts'
import { databases } from '../support/service.ts'
import { Evolution, type Instance } from '../support/versions.ts'

const name = Type.String({ minLength: 1, maxLength: 20 })
const plain = [define('things', { name }, {}).resource]
const noted = [
  define('things', { name, note: Type.String({ default: 'n', maxLength: 9 }) }, {}).resource,
]
const secret = [define('things', { name: { ...name, writeOnly: true } }, {}).resource]

const read = (instance: Instance, tag = '', url = '/things/1') =>
  instance.request('GET', url, undefined, tag === '' ? {} : { 'if-none-match': tag })
const tagOf = async (instance: Instance, url?: string) =>
  (await read(instance, '', url)).headers.etag ?? ''
const patch = (instance: Instance, tag: string) =>
  instance.request('PATCH', '/things/1', { name: 'c' }, { 'if-match': tag })

for (const database of databases) {
  t.test(`a row is returned again in its new form (${database.name})`, async t => {
    const evolution = new Evolution(t, await database.url(t))
    await evolution.bring(plain, 'additive')
    const first = await evolution.serve(plain)
    await first.request('POST', '/things', { name: 'a' })
    const addresses = ['/things/1', '/things/1?fields=name', '/things']
    const tags = await Promise.all(addresses.map(url => tagOf(first, url)))
    t.match(tags[0], /^"\d+"$/, 'the first definition is not named')

    await evolution.bring(noted, 'additive')
    const second = await evolution.serve(noted)
    for (const [index, url] of addresses.entries())
      if (url !== '/things/1?fields=name')
        t.equal((await read(second, tags[index], url)).status, 200, url)
    t.same(JSON.parse((await read(second, tags[0])).text), { id: 1, name: 'a', note: 'n' })
    const tag = await tagOf(second)
    t.equal((await read(second, tag)).status, 304)
    t.equal((await read(await evolution.serve(noted), tag)).status, 304, 'after another start too')
    t.equal(
      (await read(first, tag)).status,
      200,
      'the earlier version beside it shows another form',
    )
    t.equal((await read(first, tags[0])).status, 304)
  })

  t.test(
    `a caller of either version changes the row that it has read (${database.name})`,
    async t => {
      const evolution = new Evolution(t, await database.url(t))
      await evolution.bring(plain, 'additive')
      const first = await evolution.serve(plain)
      await first.request('POST', '/things', { name: 'a' })
      const before = await tagOf(first)
      await evolution.bring(noted, 'additive')
      const second = await evolution.serve(noted)
      const changed = await patch(second, before)
      t.equal(changed.status, 200)
      t.not(changed.headers.etag, before)
      t.equal(changed.headers.etag, await tagOf(second))
      const again = await patch(first, changed.headers.etag ?? '')
      t.equal(again.status, 200)
      t.equal(
        (await patch(second, changed.headers.etag ?? '')).status,
        412,
        'that state is no more',
      )
      t.equal((await patch(second, `W/${again.headers.etag?.replace(/"$/, '-gzip"')}`)).status, 200)
    },
  )

  t.test(
    `what is shown no more makes another form, though no table changes (${database.name})`,
    async t => {
      const evolution = new Evolution(t, await database.url(t))
      await evolution.bring(plain, 'additive')
      const first = await evolution.serve(plain)
      await first.request('POST', '/things', { name: 'a' })
      const tag = await tagOf(first)
      await evolution.bring(secret, 'additive')
      const second = await evolution.serve(secret)
      const { status, text } = await read(second, tag)
      t.equal(status, 200)
      t.same(JSON.parse(text), { id: 1 })
    },
  )

  t.test(
    `a column that was dropped and is there again has no value and no old tag (${database.name})`,
    async t => {
      const evolution = new Evolution(t, await database.url(t))
      const optional = [define('things', { name, note: Type.Optional(name) }, {}).resource]
      await evolution.bring(optional, 'additive')
      const first = await evolution.serve(optional)
      await first.request('POST', '/things', { name: 'a', note: 'x' })
      const tag = await tagOf(first)
      await evolution.bring(plain, 'full', [], ['things.note'])
      await evolution.bring(optional, 'full')
      const { status, text } = await read(await evolution.serve(optional), tag)
      t.equal(status, 200)
      t.same(JSON.parse(text), { id: 1, name: 'a', note: null })
    },
  )
}
