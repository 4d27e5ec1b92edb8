// A map of bounded size.

import t from 'tap'
import { LruMap } from '../../src/store/lru-map.ts'

function filled(limit: number, ...keys: string[]): LruMap<string, string> {
  const map = new LruMap<string, string>(limit)
  for (const key of keys) map.set(key, key.toUpperCase())
  return map
}

const kept = (map: LruMap<string, string>, keys: string) =>
  [...keys].filter(key => map.get(key) !== undefined).join('')

t.test('it holds as many entries as its limit, and the oldest gives way', async t => {
  const map = filled(3, 'a', 'b', 'c')
  t.equal(map.size, 3)
  map.set('d', 'D')
  t.equal(map.size, 3)
  t.equal(kept(map, 'abcd'), 'bcd')
})

t.test('an entry that was read or set again is not the oldest', async t => {
  const read = filled(3, 'a', 'b', 'c')
  t.equal(read.get('a'), 'A')
  read.set('d', 'D')
  t.equal(kept(read, 'abcd'), 'acd')
  const again = filled(3, 'a', 'b', 'c', 'a', 'd')
  t.equal(kept(again, 'abcd'), 'acd')
})

t.test('what is not there takes no room by being asked for', async t => {
  const map = filled(2, 'a', 'b')
  t.equal(map.get('c'), undefined)
  t.equal(map.size, 2)
  map.set('c', 'C')
  t.equal(kept(map, 'abc'), 'bc')
  map.clear()
  t.equal(map.size, 0)
})
