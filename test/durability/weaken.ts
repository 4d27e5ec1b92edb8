// Loaded before the service by a control: commits no longer wait for the disk. The service itself has no such setting.

import { DatabaseSync } from 'node:sqlite'

const { exec } = DatabaseSync.prototype

DatabaseSync.prototype.exec = function (sql) {
  return exec.call(this, sql.replace('synchronous = full', 'synchronous = normal'))
}
