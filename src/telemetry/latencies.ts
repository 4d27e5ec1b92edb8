// Times in exponential buckets, like those of OpenTelemetry's histograms: those of several processes are added up as they are.

const bucketsPerDoubling = 4
/** In ms, the upper bound of the first bucket. */
const least = 0.25
/** Up to a minute; the last one has what takes longer. */
export const bucketCount = 73

export type Latencies = readonly number[]

export function noLatencies(): number[] {
  return new Array(bucketCount).fill(0)
}

export function countLatency(counts: number[], milliseconds: number): void {
  const bucket = Math.ceil(bucketsPerDoubling * Math.log2(milliseconds / least))
  const index = Math.min(bucketCount - 1, Math.max(0, bucket))
  counts[index] = (counts[index] ?? 0) + 1
}

export function addLatencies(one: Latencies, other: Latencies): number[] {
  return one.map((count, index) => count + (other[index] ?? 0))
}

/** In ms, what this share of the times does not exceed, interpolated within its bucket; null if there are none. */
export function quantile(counts: Latencies, share: number): number | null {
  let left = share * counts.reduce((sum, count) => sum + count, 0)
  if (left === 0) return null
  for (const [index, count] of counts.entries()) {
    if (count >= left) {
      const lower = index === 0 ? 0 : boundOf(index - 1)
      return rounded(lower + ((boundOf(index) - lower) * left) / count)
    }
    left -= count
  }
  return null
}

function boundOf(index: number): number {
  return least * 2 ** (index / bucketsPerDoubling)
}

/** To three digits, which is more than the buckets know. */
export function rounded(value: number): number {
  return Number(value.toPrecision(3))
}
