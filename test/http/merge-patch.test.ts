import fc from 'fast-check'
import t from 'tap'
import { mergePatch } from '../../src/http/merge-patch.ts'

t.test('RFC 7396 Appendix A', async t => {
  const table: [original: string, patch: string, result: string][] = [
    ['{"a":"b"}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'],
    ['{"a":"b"}', '{"a":null}', '{}'],
    ['{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'],
    ['{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"c"}', '{"a":["b"]}', '{"a":["b"]}'],
    ['{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'],
    ['{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'],
    ['["a","b"]', '["c","d"]', '["c","d"]'],
    ['{"a":"b"}', '["c"]', '["c"]'],
    ['{"a":"foo"}', 'null', 'null'],
    ['{"a":"foo"}', '"bar"', '"bar"'],
    ['{"e":null}', '{"a":1}', '{"e":null,"a":1}'],
    ['[1,2]', '{"a":"b","c":null}', '{"a":"b"}'],
    ['{}', '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'],
  ]
  for (const [original, patch, result] of table) {
    t.equal(
      JSON.stringify(mergePatch(JSON.parse(original), JSON.parse(patch))),
      result,
      `${original} with ${patch}`,
    )
  }
})

t.test('the names of prototypes are names like others', async t => {
  const patch = JSON.parse(
    '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"toString":{"a":null}}',
  )
  const patched = mergePatch({}, patch)
  const expected =
    '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"toString":{}}'
  t.equal(JSON.stringify(patched), expected)
  t.equal(Object.getPrototypeOf(patched), Object.prototype)
  t.notOk('polluted' in {})
  const emptied = mergePatch(
    patched,
    JSON.parse('{"__proto__":null,"constructor":null,"toString":null}'),
  )
  t.equal(JSON.stringify(emptied), '{}')
})

const json = fc.jsonValue({ maxDepth: 4 })
const members = fc.dictionary(
  fc.constantFrom('a', 'b', '__proto__', 'toString'),
  fc.jsonValue({ maxDepth: 2 }),
)
const documents = fc.oneof(json, members)

t.test('a patch applied twice does what it does once, and changes neither argument', async t => {
  fc.assert(
    fc.property(documents, documents, (target, patch) => {
      const before = JSON.stringify([target, patch])
      const once = mergePatch(target, patch)
      t.equal(JSON.stringify(mergePatch(once, patch)), JSON.stringify(once))
      t.equal(JSON.stringify([target, patch]), before)
    }),
  )
})

t.test('a patched member has the value of the patch, another that of the target (§2)', async t => {
  const scalars = fc.dictionary(
    fc.constantFrom('a', 'b', 'c', '__proto__'),
    fc.oneof(fc.integer(), fc.constant(null)),
  )
  fc.assert(
    fc.property(scalars, scalars, (target, patch) => {
      const patched = new Map(Object.entries(mergePatch(target, patch) as object))
      for (const name of ['a', 'b', 'c', '__proto__']) {
        const source = Object.hasOwn(patch, name) ? patch : target
        const value = Object.hasOwn(source, name)
          ? Object.getOwnPropertyDescriptor(source, name)?.value
          : undefined
        t.equal(patched.get(name), source === patch && value === null ? undefined : value)
      }
    }),
  )
})
