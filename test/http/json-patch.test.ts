import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { createPatch } from 'rfc6902'
import t from 'tap'
import { applyJsonPatch, jsonPatchShape, type PatchOperation } from '../../src/http/json-patch.ts'

const validate = new Ajv2020({ strict: true }).compile(jsonPatchShape)

/** What is patched, the operations, and the result or the place that is refused. */
type Row = [section: string, document: unknown, operations: PatchOperation[], expected: unknown]

t.test('operations are done', async t => {
  const table: Row[] = [
    ['an empty patch', { a: 1 }, [], { a: 1 }],
    [
      'A.1: add a member',
      { foo: 'bar' },
      [{ op: 'add', path: '/baz', value: 'qux' }],
      { baz: 'qux', foo: 'bar' },
    ],
    [
      'A.2: add an item',
      { foo: ['bar', 'baz'] },
      [{ op: 'add', path: '/foo/1', value: 'qux' }],
      { foo: ['bar', 'qux', 'baz'] },
    ],
    [
      'A.3: remove a member',
      { baz: 'qux', foo: 'bar' },
      [{ op: 'remove', path: '/baz' }],
      { foo: 'bar' },
    ],
    [
      'A.4: remove an item',
      { foo: ['bar', 'qux', 'baz'] },
      [{ op: 'remove', path: '/foo/1' }],
      { foo: ['bar', 'baz'] },
    ],
    [
      'A.5: replace',
      { baz: 'qux', foo: 'bar' },
      [{ op: 'replace', path: '/baz', value: 'boo' }],
      { baz: 'boo', foo: 'bar' },
    ],
    [
      'A.6: move a value',
      { foo: { bar: 'baz', waldo: 'fred' }, qux: { corge: 'grault' } },
      [{ op: 'move', from: '/foo/waldo', path: '/qux/thud' }],
      { foo: { bar: 'baz' }, qux: { corge: 'grault', thud: 'fred' } },
    ],
    [
      'A.7: move an item',
      { foo: ['all', 'grass', 'cows', 'eat'] },
      [{ op: 'move', from: '/foo/1', path: '/foo/3' }],
      { foo: ['all', 'cows', 'eat', 'grass'] },
    ],
    [
      'A.8: test',
      { baz: 'qux', foo: ['a', 2, 'c'] },
      [
        { op: 'test', path: '/baz', value: 'qux' },
        { op: 'test', path: '/foo/1', value: 2 },
      ],
      { baz: 'qux', foo: ['a', 2, 'c'] },
    ],
    [
      'A.10: add an object',
      { foo: 'bar' },
      [{ op: 'add', path: '/child', value: { grandchild: {} } }],
      { foo: 'bar', child: { grandchild: {} } },
    ],
    [
      'A.14: ~ escapes',
      { '/': 9, '~1': 10 },
      [{ op: 'test', path: '/~01', value: 10 }],
      { '/': 9, '~1': 10 },
    ],
    [
      'A.16: append',
      { foo: ['bar'] },
      [{ op: 'add', path: '/foo/-', value: ['abc', 'def'] }],
      { foo: ['bar', ['abc', 'def']] },
    ],
    [
      '§4.1: add at the length',
      { foo: [1] },
      [{ op: 'add', path: '/foo/1', value: 2 }],
      { foo: [1, 2] },
    ],
    ['§4.1: add replaces a member', { a: 1 }, [{ op: 'add', path: '/a', value: 2 }], { a: 2 }],
    [
      '§4.1: add the whole document',
      { a: 1 },
      [{ op: 'add', path: '', value: { b: 1 } }],
      { b: 1 },
    ],
    [
      '§4.3: replace the whole document',
      { a: 1 },
      [{ op: 'replace', path: '', value: { b: 1 } }],
      { b: 1 },
    ],
    ['§4.3: replace null', { a: null }, [{ op: 'replace', path: '/a', value: 1 }], { a: 1 }],
    ['§4.3: replace by null', { a: 1 }, [{ op: 'replace', path: '/a', value: null }], { a: null }],
    [
      '§4.4: move onto itself',
      { a: { b: 1 } },
      [{ op: 'move', from: '/a', path: '/a' }],
      { a: { b: 1 } },
    ],
    ['§4.4: move to the root', { a: { b: 1 } }, [{ op: 'move', from: '/a', path: '' }], { b: 1 }],
    [
      '§4.4: not a child, only its name begins the same',
      { a: 1 },
      [{ op: 'move', from: '/a', path: '/ab' }],
      { ab: 1 },
    ],
    ['§4.5: copy', { a: [1] }, [{ op: 'copy', from: '/a', path: '/b' }], { a: [1], b: [1] }],
    [
      '§4.5: copy into a child',
      { a: {} },
      [{ op: 'copy', from: '', path: '/a/b' }],
      { a: { b: { a: {} } } },
    ],
    [
      '§4.5: a copy is not the original',
      { a: [1] },
      [
        { op: 'copy', from: '/a', path: '/b' },
        { op: 'add', path: '/b/-', value: 2 },
      ],
      { a: [1], b: [1, 2] },
    ],
    [
      '§4.6: members in any order',
      { a: { b: 1, c: [{}] } },
      [{ op: 'test', path: '/a', value: { c: [{}], b: 1 } }],
      { a: { b: 1, c: [{}] } },
    ],
    ['§4.6: numerically equal', { a: 0 }, [{ op: 'test', path: '/a', value: -0 }], { a: 0 }],
    [
      '§4.6: the whole document',
      { a: null },
      [{ op: 'test', path: '', value: { a: null } }],
      { a: null },
    ],
    ['RFC 6901 §5: the empty name', { '': 1 }, [{ op: 'replace', path: '/', value: 2 }], { '': 2 }],
    [
      '§3: in order',
      {},
      [
        { op: 'add', path: '/a', value: {} },
        { op: 'add', path: '/a/b', value: 1 },
        { op: 'move', from: '/a/b', path: '/c' },
      ],
      { a: {}, c: 1 },
    ],
  ]
  for (const [section, document, operations, expected] of table) {
    const before = JSON.stringify(document)
    t.strictSame(applyJsonPatch(document, operations), expected, section)
    t.equal(JSON.stringify(document), before, `${section}: the document is as before`)
    t.ok(validate(operations), `${section}: the schema takes it`)
  }
})

t.test('a patch that does not fit is a conflict', async t => {
  const deep = JSON.parse(`${'[{"a":'.repeat(49)}1${'}]'.repeat(49)}`)
  const table: Row[] = [
    [
      'A.9: a test that fails',
      { baz: 'qux' },
      [{ op: 'test', path: '/baz', value: 'bar' }],
      '#/0/value',
    ],
    [
      'A.12: no such parent',
      { foo: 'bar' },
      [{ op: 'add', path: '/baz/bat', value: 'qux' }],
      '#/0/path',
    ],
    [
      'A.15: a string is no number',
      { '~1': 10 },
      [{ op: 'test', path: '/~01', value: '10' }],
      '#/0/value',
    ],
    ['§4.1: past the end', { a: [1] }, [{ op: 'add', path: '/a/2', value: 1 }], '#/0/path'],
    [
      '§4.1: a parent that is a string',
      { a: 's' },
      [{ op: 'add', path: '/a/b', value: 1 }],
      '#/0/path',
    ],
    [
      '§4.1: a parent that is null',
      { a: null },
      [{ op: 'add', path: '/a/b', value: 1 }],
      '#/0/path',
    ],
    ['§4.2: nothing to remove', { a: 1 }, [{ op: 'remove', path: '/b' }], '#/0/path'],
    ['§4.2: the document itself', { a: 1 }, [{ op: 'remove', path: '' }], '#/0/path'],
    ['§4.3: nothing to replace', { a: 1 }, [{ op: 'replace', path: '/b', value: 1 }], '#/0/path'],
    ['§4.3: past the end', { a: [1] }, [{ op: 'replace', path: '/a/1', value: 1 }], '#/0/path'],
    ['§4.4: nothing to move', { a: 1 }, [{ op: 'move', from: '/b', path: '/c' }], '#/0/from'],
    [
      '§4.4: into its own child',
      { a: { b: 1 } },
      [{ op: 'move', from: '/a', path: '/a/b' }],
      '#/0/path',
    ],
    [
      '§4.4: into its own child in a list',
      { a: [{}, {}] },
      [{ op: 'move', from: '/a/0', path: '/a/0/b' }],
      '#/0/path',
    ],
    [
      '§4.4: the document into itself',
      { a: 1 },
      [{ op: 'move', from: '', path: '/b' }],
      '#/0/path',
    ],
    [
      '§4.4: the end after the removal',
      { a: [1, 2] },
      [{ op: 'move', from: '/a/0', path: '/a/2' }],
      '#/0/path',
    ],
    ['§4.4: no such parent', { a: 1 }, [{ op: 'move', from: '/a', path: '/b/c' }], '#/0/path'],
    ['§4.5: nothing to copy', { a: 1 }, [{ op: 'copy', from: '/b', path: '/c' }], '#/0/from'],
    ['§4.5: past the end', { a: [1] }, [{ op: 'copy', from: '/a/0', path: '/a/9' }], '#/0/path'],
    ['§4.6: nothing to test', { a: 1 }, [{ op: 'test', path: '/b', value: null }], '#/0/path'],
    ['§4.6: null is not absent', { a: null }, [{ op: 'test', path: '', value: {} }], '#/0/value'],
    ['§4.6: absent is not null', {}, [{ op: 'test', path: '', value: { a: null } }], '#/0/value'],
    ['§4.6: a list is no object', { a: [] }, [{ op: 'test', path: '/a', value: {} }], '#/0/value'],
    ['§4.6: an object is no list', { a: {} }, [{ op: 'test', path: '/a', value: [] }], '#/0/value'],
    [
      '§4.6: the order of a list counts',
      { a: [1, 2] },
      [{ op: 'test', path: '/a', value: [2, 1] }],
      '#/0/value',
    ],
    ['§4.6: a longer list', { a: [1] }, [{ op: 'test', path: '/a', value: [1, 2] }], '#/0/value'],
    [
      '§4.6: not the member of a prototype',
      JSON.parse('{"__proto__":{}}'),
      [{ op: 'test', path: '', value: { a: 1 } }],
      '#/0/value',
    ],
    [
      'RFC 6901 §4: a leading zero',
      { a: [1, 2] },
      [{ op: 'replace', path: '/a/01', value: 9 }],
      '#/0/path',
    ],
    [
      'RFC 6901 §4: a leading zero',
      { a: [1, 2] },
      [{ op: 'add', path: '/a/00', value: 9 }],
      '#/0/path',
    ],
    [
      'RFC 6901 §4: - is after the end',
      { a: [1] },
      [{ op: 'replace', path: '/a/-', value: 9 }],
      '#/0/path',
    ],
    ['RFC 6901 §4: - is after the end', { a: [1] }, [{ op: 'remove', path: '/a/-' }], '#/0/path'],
    [
      'RFC 6901 §4: a list has only indexes',
      { a: [1] },
      [{ op: 'test', path: '/a/length', value: 1 }],
      '#/0/path',
    ],
    [
      'RFC 6901 §4: a list has only indexes',
      { a: [1] },
      [{ op: 'remove', path: '/a/length' }],
      '#/0/path',
    ],
    [
      'RFC 6901 §4: a list has only indexes',
      { a: [1] },
      [{ op: 'copy', from: '/a/length', path: '/b' }],
      '#/0/from',
    ],
    [
      'RFC 6901 §4: a list has only indexes',
      { a: [1] },
      [{ op: 'add', path: '/a/1e0', value: 1 }],
      '#/0/path',
    ],
    [
      'RFC 6901 §4: a string has no members',
      { a: 's' },
      [{ op: 'copy', from: '/a/0', path: '/b' }],
      '#/0/from',
    ],
    ['not the member of a prototype', { a: 1 }, [{ op: 'remove', path: '/toString' }], '#/0/path'],
    [
      'not the member of a prototype',
      { a: 1 },
      [{ op: 'copy', from: '/valueOf', path: '/b' }],
      '#/0/from',
    ],
    [
      'not the member of a prototype',
      { a: 1 },
      [{ op: 'add', path: '/__proto__/x', value: 1 }],
      '#/0/path',
    ],
    [
      'not the member of a prototype',
      { a: 1 },
      [{ op: 'add', path: '/constructor/x', value: 1 }],
      '#/0/path',
    ],
    [
      'not the member of a prototype',
      { a: 1 },
      [{ op: 'copy', from: '/__proto__', path: '/b' }],
      '#/0/from',
    ],
    ['too deep', deep, [{ op: 'copy', from: '', path: '/0/a/0/a' }], '#/0/path'],
    ['too deep', { a: 1 }, [{ op: 'replace', path: '/a', value: [[deep]] }], '#/0/path'],
    [
      '§5: the index of the operation',
      { a: 1 },
      [
        { op: 'replace', path: '/a', value: 2 },
        { op: 'add', path: '/b', value: 2 },
        { op: 'remove', path: '/c' },
      ],
      '#/2/path',
    ],
  ]
  for (const [section, document, operations, pointer] of table) {
    const before = JSON.stringify(document)
    t.throws(
      () => applyJsonPatch(document, operations),
      { kind: 'conflict', errors: [{ pointer }] },
      section,
    )
    t.equal(JSON.stringify(document), before, `${section}: the document is as before`)
    t.ok(validate(operations), `${section}: the schema takes it`)
  }
})

t.test('100 levels are not too deep', async t => {
  const value = JSON.parse('['.repeat(99) + ']'.repeat(99))
  t.strictSame(applyJsonPatch({}, [{ op: 'add', path: '/a', value }]), { a: value })
  t.throws(
    () => applyJsonPatch({}, [{ op: 'add', path: '/a', value: [value] }]),
    { kind: 'conflict', errors: [{ pointer: '#/0/path' }] },
    '101 are',
  )
})

t.test('a value may have members of any name, and none becomes a prototype', async t => {
  const value = JSON.parse('{"__proto__":{"polluted":true},"constructor":1}')
  const patched = applyJsonPatch({}, [{ op: 'add', path: '/a', value }]) as {
    a: Record<string, unknown>
  }
  t.equal(patched.a.polluted, undefined)
  t.equal(Object.getPrototypeOf(patched.a), Object.prototype)
  t.notOk('polluted' in {})
})

t.test('a member is added, replaced, moved and removed under any name', async t => {
  for (const name of [...Object.getOwnPropertyNames(Object.prototype), 'prototype']) {
    const path = `/${name}`
    const at = (value: unknown) => JSON.parse(`{"${name}":${JSON.stringify(value)}}`)
    const patched = (document: unknown, operation: PatchOperation) =>
      JSON.stringify(applyJsonPatch(document, [operation]))
    t.equal(patched({}, { op: 'add', path, value: 1 }), JSON.stringify(at(1)), `add ${name}`)
    t.equal(
      patched(at(1), { op: 'replace', path, value: 2 }),
      JSON.stringify(at(2)),
      `replace ${name}`,
    )
    t.equal(
      patched({ a: 1 }, { op: 'move', from: '/a', path }),
      JSON.stringify(at(1)),
      `move to ${name}`,
    )
    t.equal(patched(at(1), { op: 'remove', path }), '{}', `remove ${name}`)
  }
  t.notOk('x' in {})
})

t.test('copies of copies come to an end', async t => {
  const operations = Array.from(
    { length: 90 },
    (_, index): PatchOperation => ({ op: 'copy', from: '', path: `/a${index}` }),
  )
  const started = performance.now()
  const expected = { kind: 'conflict', errors: [{ pointer: /^#\/\d+\/from$/ }] }
  t.throws(() => applyJsonPatch({ text: 'x'.repeat(1000) }, operations), expected)
  t.ok(performance.now() - started < 5000)
})

t.test('a test of long lists does not take their product', async t => {
  const list = (item: number) => Array.from({ length: 200_000 }, () => item)
  t.throws(
    () => applyJsonPatch({ a: list(0) }, [{ op: 'test', path: '/a', value: list(1) }]),
    { kind: 'conflict', errors: [{ pointer: '#/0/value' }] },
    'they differ',
  )
})

t.test('the schema refuses what is no patch (§4)', async t => {
  const table: [why: string, patch: unknown][] = [
    ['§3: not a list', { op: 'remove', path: '/a' }],
    ['no op', [{ path: '/a' }]],
    ['unknown op', [{ op: 'increment', path: '/a', value: 1 }]],
    ['no path', [{ op: 'remove' }]],
    ['§4.1: no value', [{ op: 'add', path: '/a' }]],
    ['§4.3: no value', [{ op: 'replace', path: '/a' }]],
    ['§4.6: no value', [{ op: 'test', path: '/a' }]],
    ['§4.4: no from', [{ op: 'move', path: '/a' }]],
    ['§4.5: no from', [{ op: 'copy', path: '/a' }]],
    ['RFC 6901 §3: no slash', [{ op: 'remove', path: 'a' }]],
    ['RFC 6901 §3: ~2', [{ op: 'remove', path: '/~2' }]],
    ['RFC 6901 §3: ~ at the end', [{ op: 'remove', path: '/a~' }]],
    ['RFC 6901 §6: not a fragment', [{ op: 'remove', path: '#/a' }]],
    ['a control character', [{ op: 'remove', path: '/a\u0000' }]],
    ['a path that is too long', [{ op: 'remove', path: `/${'a'.repeat(1000)}` }]],
    ['too many', Array.from({ length: 101 }, () => ({ op: 'remove', path: '/a' }))],
  ]
  for (const [why, patch] of table) t.notOk(validate(patch), why)
  for (const example of jsonPatchShape.examples) t.ok(validate(example))
  const unchecked: PatchOperation[] = [{ op: 'add', path: 'a', value: 1 }]
  t.throws(() => applyJsonPatch({}, unchecked), {
    kind: 'conflict',
    errors: [{ detail: 'is not a JSON Pointer' }],
  })
})

t.test('what copies make is bounded: a copy of a copy doubles', async t => {
  const copies = (count: number): PatchOperation[] =>
    Array.from({ length: count }, (_, n) => ({ op: 'copy', from: '/list', path: `/list/${n}` }))
  const text = 'x'.repeat(1000)
  const found = applyJsonPatch({ list: [text] }, copies(9)) as { list: unknown[] }
  t.equal(found.list.length, 10)
  t.throws(() => applyJsonPatch({ list: [text] }, copies(100)), {
    kind: 'conflict',
    errors: [{ pointer: '#/10/from', detail: 'is too much to copy' }],
  })
})

t.test('the patch from one document to another makes the other', async t => {
  const key = fc.constantFrom('a', 'b', 'a/b', '~', '0', '-')
  const { tree } = fc.letrec(tie => ({
    tree: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom(null, true, 0, 1, 'x'),
      fc.array(tie('tree'), { maxLength: 4 }),
      fc.dictionary(key, tie('tree'), { maxKeys: 4, noNullPrototype: true }),
    ),
  }))
  fc.assert(
    fc.property(tree, tree, (from, to) => {
      const operations = createPatch({ root: from }, { root: to }) as PatchOperation[]
      t.strictSame(applyJsonPatch({ root: from }, operations), { root: to })
      t.strictSame(applyJsonPatch(from, [{ op: 'test', path: '', value: from }]), from)
    }),
  )
})
