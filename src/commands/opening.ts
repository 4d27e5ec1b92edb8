// Which comes first at a start: to listen, or to bring the database to the definitions.

import type { Ready } from './workers/messages.ts'

export type Opening = (
  listening: () => Promise<readonly string[]>,
  starting: () => Promise<boolean>,
) => Promise<Pick<Ready, 'addresses' | 'isNew'>>

/** So that the port tells what the start does. */
export const openEarly: Opening = async (listening, starting) => {
  const addresses = await listening()
  return { addresses, isNew: await starting() }
}

/** Where others serve already, nobody needs to wait for this one. */
export const openLate: Opening = async (listening, starting) => {
  const isNew = await starting()
  return { addresses: await listening(), isNew }
}
