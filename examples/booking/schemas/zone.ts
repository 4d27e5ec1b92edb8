const week = 7 * 24 * 60 * 60 * 1000

/** The same time of the day in a time zone so many weeks later, whether or not there is summer time then. */
export function weeksLater(moment: string, weeks: number, zone: string): Date {
  const then = Date.parse(moment)
  const later = then + weeks * week
  return new Date(later + offsetOf(zone, then) - offsetOf(zone, later))
}

/** In ms, how far the clocks of a zone are ahead of UTC. */
function offsetOf(zone: string, moment: number): number {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' })
  const name = format.formatToParts(moment).find(({ type }) => type === 'timeZoneName')?.value
  const [, sign, hours = '0', minutes = '0'] = /GMT([+-])(\d\d):(\d\d)/.exec(name ?? '') ?? []
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000
}
