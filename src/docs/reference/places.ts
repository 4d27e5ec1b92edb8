// Where the pages of the reference are, and what they lead to.

import { anyOrigin } from '../servers.ts'
import type { Described } from './described.ts'

export const referenceAddress = '/reference'

/** A placeholder for what every address begins with, until a page is requested. It can be no real address. */
export const anyPrefix = 'https://prefix.invalid'

export interface Places {
  /** The address of the service, for callers. */
  readonly origin: string
  readonly index: string
  file(name: string): string
  page(tag: string): string
  operation(operation: Described): string
  tryIt(operation: Described): string
  document(name: string): string
  /** The rows of a resource, where people can look at them. */
  rows(tag: string): string
}

const index = anyPrefix + referenceAddress

export const places: Places = {
  origin: anyOrigin,
  index,
  file: name => `${index}/${name}`,
  page: tag => `${index}/${tag}`,
  operation: ({ tag, operationId }) => `${index}/${tag}#${operationId}`,
  tryIt: ({ tag, operationId }) => `${anyPrefix}/docs#/${tag}/${operationId}`,
  document: name => `${anyPrefix}/${name}`,
  rows: tag => `${anyPrefix}/${tag}`,
}
