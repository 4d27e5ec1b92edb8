// Specimens of the fixtures: what is sent of them, and what is answered.

import type { Service } from './service.ts'

export const schemas = 'test/fixtures/schemas'
export const created = '2026-03-04T05:06:07.890Z'
export const options = { schemas, sample: false, clock: () => new Date(created) }

/** A key with everything that an address would take for its own. */
export const label = 'Süd/2 – 50% ?#&+;=:@"\\😀'
export const shelf = `/shelves/${encodeURIComponent(label)}`

/** The least that a specimen may be sent with. */
export const least = {
  place: 1,
  code: 'AB-0001',
  name: 'Fern',
  found_on: '2024-02-29',
  finder: 'ada@example.com',
  weight: 12.5,
  origin: { country: 'Peru' },
}

/** What the server makes of the rest. */
export const rest = {
  shelf: label,
  notes: null,
  grade: 'fair',
  kind: null,
  seen_at: null,
  link: null,
  tag: null,
  pieces: 1,
  depth: null,
  purity: null,
  on_loan: false,
  genuine: null,
  colors: ['brown'],
  layers: null,
  checked_at: null,
  old_code: null,
  created_at: created,
}

/** A value other than null and the default for every member that a client may set. */
export const full = {
  ...least,
  place: 99,
  notes: 'Two lines,\n\tone of them indented.',
  grade: 'poor',
  kind: 'plant',
  seen_at: '2024-03-01T00:30:00.5+02:00',
  link: 'https://example.com/fern?leaf=1#stem',
  tag: '8E03978E-40D5-43E8-BC93-6894A57F9324',
  pieces: 1000,
  depth: -9007199254740991,
  weight: 999.999,
  purity: 0,
  on_loan: true,
  genuine: false,
  colors: [],
  layers: [{ name: 'bark', thickness: 0 }, { name: 'amber' }],
  origin: { country: 'Chile', spot: { north: -33.45, east: -70.66, hint: 'by the river' } },
  old_code: 'F/1',
}

/** `full` as it is answered: date-times in UTC, UUIDs in lower case. */
export const fullAnswered = {
  ...rest,
  ...full,
  seen_at: '2024-02-29T22:30:00.500Z',
  tag: '8e03978e-40d5-43e8-bc93-6894a57f9324',
}

/** A shelf, and one specimen on it for each body. */
export async function fill({ post }: Service, bodies: readonly object[]): Promise<void> {
  await post('/shelves', { label })
  for (const body of bodies) await post(`${shelf}/specimens`, body)
}
