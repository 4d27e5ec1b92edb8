// A field that refers is no longer defined, and its column is left: which rows may be deleted, and what it shows when it is back.

import { Type } from '@sinclair/typebox'
import t from 'tap'
import { Ref } from '../../src/resource/resource.ts'
import { define } from '../support/definitions.ts'
import { databases } from '../support/service.ts'
import { Evolution } from '../support/versions.ts'

const name = Type.String({ minLength: 1, maxLength: 20 })
const things = define('things', { name }, {}).resource
const referring = define('things', { name, cat_id: Type.Optional(Ref('cats')) }, {}).resource

for (const database of databases)
  for (const keepDeleted of [false, true])
    t.test(
      `a row to which a left column refers ${keepDeleted ? 'is marked as deleted' : 'stays'} (${database.name})`,
      async t => {
        const cats = define('cats', { name }, { keepDeleted }).resource
        const evolution = new Evolution(t, await database.url(t))
        await evolution.bring([cats, referring], 'additive')
        const first = await evolution.serve([cats, referring])
        await first.request('POST', '/cats', { name: 'Tom' })
        await first.request('POST', '/things', { name: 'a', cat_id: 1 })
        await evolution.bring([cats, things], 'additive')
        const second = await evolution.serve([cats, things])
        const { status, mistakes } = await second.request('DELETE', '/cats/1')
        t.strictSame({ status, mistakes }, { status: keepDeleted ? 204 : 409, mistakes: [] })

        await evolution.bring([cats, referring], 'additive')
        const third = await evolution.serve([cats, referring])
        const shown = await third.request('GET', '/things/1')
        t.same(JSON.parse(shown.text), { id: 1, name: 'a', cat_id: 1 })
        t.equal((await third.request('GET', '/cats/1')).status, keepDeleted ? 404 : 200)
        t.equal((await third.request('PATCH', '/things/1', { name: 'b' })).status, 200)
        t.equal((await third.request('PATCH', '/things/1', { cat_id: null })).status, 200)
        const again = await third.request('PATCH', '/things/1', { cat_id: 1 })
        t.equal(again.status, keepDeleted ? 409 : 200)
      },
    )
