// Which files may be read beside the service, and which must be read before.

import { writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import t from 'tap'
import { inspect } from '../../../src/store/sqlite/soundness.ts'

t.test('a file without a log, or with an empty one, has been closed', async t => {
  const file = `${t.testdir()}/data.db`
  t.equal(inspect(file), true, 'there is none')
  const db = new DatabaseSync(file)
  db.exec('pragma journal_mode = wal; create table notes (id integer)')
  t.equal(inspect(file), false, 'it is open, and its log has rows')
  db.exec('pragma wal_checkpoint(truncate)')
  t.equal(inspect(file), true, 'all of its log is in the file')
  db.close()
  t.equal(inspect(file), true)
  writeFileSync(`${file}.damaged`, 'page 3\n')
  t.equal(inspect(file), false, 'it has been found damaged')
})
