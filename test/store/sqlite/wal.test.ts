// A damaged write-ahead log is told from one that a crash has left (sqlite.org/fileformat2.html §4).

import { copyFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import t, { type Test } from 'tap'
import { findWalDamage } from '../../../src/store/sqlite/wal.ts'

const frameLength = 24 + 4096
const transactions = 10

/** A database of which nothing is in the file yet and all in the log: one transaction of two pages after the other. */
function makeLog(t: Test): string {
  const folder = t.testdir()
  const db = new DatabaseSync(`${folder}/live.db`)
  db.exec(
    'pragma journal_mode = wal; create table one (n); create table other (n); pragma wal_checkpoint(truncate)',
  )
  for (let n = 1; n <= transactions; n++)
    db.exec(`begin; insert into one values (${n}); insert into other values (${n}); commit`)
  for (const ending of ['', '-wal'])
    copyFileSync(`${folder}/live.db${ending}`, `${folder}/data.db${ending}`)
  db.close()
  return `${folder}/data.db`
}

function flip(file: string, at: number): void {
  const bytes = readFileSync(file)
  bytes[at] = (bytes[at] ?? 0) ^ 1
  writeFileSync(file, bytes)
}

const startOf = (frame: number) => 32 + (frame - 1) * frameLength

function rowsThatSqliteSees(file: string): unknown {
  const db = new DatabaseSync(file)
  try {
    return db.prepare('select count(*) as rows from one').get()?.rows
  } finally {
    db.close()
  }
}

t.test('a whole log is sound, and so is none at all', async t => {
  const file = makeLog(t)
  t.equal(findWalDamage(`${file}-wal`), undefined)
  t.equal(rowsThatSqliteSees(file), transactions)
  writeFileSync(`${file}-empty`, '')
  t.equal(findWalDamage(`${file}-empty`), undefined)
})

t.test(
  'a wrong bit, wherever it is, is damage; SQLite drops what follows without a word',
  async t => {
    const table: [what: string, at: number, damage: object, seen: number][] = [
      ['in a page', startOf(5) + 24 + 4090, { frame: 5, transactions: 8 }, 2],
      ['in the number of a page', startOf(5), { frame: 5, transactions: 8 }, 2],
      ['in the checksum of a frame', startOf(6) + 20, { frame: 6, transactions: 8 }, 2],
      ['in the salt of a frame', startOf(7) + 9, { frame: 7, transactions: 7 }, 3],
      ['in the first frame', startOf(1) + 100, { frame: 1, transactions: 10 }, 0],
      ['in the header', 17, { frame: 0, transactions: undefined }, 0],
      ['in the magic number', 0, { frame: 0, transactions: undefined }, 0],
    ]
    for (const [what, at, damage, seen] of table) {
      const file = makeLog(t)
      flip(`${file}-wal`, at)
      t.strictSame(findWalDamage(`${file}-wal`), damage, what)
      t.equal(rowsThatSqliteSees(file), seen, what)
    }
  },
)

t.test('the end that a crash may leave is no damage', async t => {
  const last = transactions * 2
  const table: [what: string, change: (log: string) => void][] = [
    ['the last frame cut off', log => truncateSync(log, startOf(last) + 1000)],
    ['a commit that is not there', log => truncateSync(log, startOf(last))],
    [
      'of the last transaction the commit is there, and what it commits is not',
      log => flip(log, startOf(last - 1) + 99),
    ],
    ['only the header', log => truncateSync(log, 32)],
    ['less than the header', log => truncateSync(log, 20)],
    ['a header that never reached the disk', log => writeFileSync(log, Buffer.alloc(40_000))],
  ]
  for (const [what, change] of table) {
    const file = makeLog(t)
    change(`${file}-wal`)
    t.equal(findWalDamage(`${file}-wal`), undefined, what)
  }
})

t.test('frames of before the log was begun anew are no damage', async t => {
  const folder = t.testdir()
  const db = new DatabaseSync(`${folder}/data.db`)
  db.exec('pragma journal_mode = wal; create table one (n)')
  for (let n = 0; n < 20; n++) db.exec(`insert into one values (${n})`)
  db.exec(
    'pragma wal_checkpoint(restart); insert into one values (20); insert into one values (21)',
  )
  t.equal(readFileSync(`${folder}/data.db-wal`).length > startOf(10), true)
  t.equal(findWalDamage(`${folder}/data.db-wal`), undefined)
  db.close()
})
