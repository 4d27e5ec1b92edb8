// The options of the library `postgres` for one connection, and the types of what it sends.

import type { Socket } from 'node:net'
import type { Options } from 'postgres'
import type { Row } from '../../resource/row.ts'
import type { DatabaseAddress, Host } from './address.ts'
import { limits } from './bounds.ts'
import { types } from './types.ts'

/** The library's query, of which rows are taken one by one as arrays. */
export interface RowByRow {
  forEach(take: (row: Row) => void): Promise<unknown>
}

/** What the server sends, row by row or line by line. */
export interface Source<R> {
  /** Ends when all have come. Called once. */
  forEach(take: (row: R) => void): Promise<unknown>
  /** Whether to read what the server sends, or to let it wait. */
  read(isRead: boolean): void
}

interface Session {
  readonly address: DatabaseAddress
  readonly host: Host
  /** Whether the limits of the session are told as it begins. */
  readonly limited: boolean
}

interface Handlers {
  readonly socket: () => Promise<Socket>
  readonly onnotice: NonNullable<Options<typeof types>['onnotice']>
  readonly onclose: () => void
}

export function libraryOptions(
  { address, host, limited }: Session,
  handlers: Handlers,
): Options<typeof types> {
  const { user, password, database, connectTimeout, session } = address
  return {
    ...host,
    ...(user !== undefined && { user }),
    ...(password !== undefined && { password }),
    ...(database !== undefined && { database }),
    ssl: false,
    max: 1,
    connect_timeout: connectTimeout / 1000,
    max_lifetime: null,
    fetch_types: false,
    connection: limited ? { ...limits, ...session } : {},
    types,
    ...handlers,
  }
}
