// Which versions may break what earlier ones promised (Semantic Versioning 2.0.0 §4, §8).

/** A new major version may; before 1.0.0 a new minor one, which semver leaves open and clients' `^0.1.0` takes it for. */
export function mayBreak(released: string, next: string): boolean {
  return era(released) !== era(next)
}

function era(version: string): string {
  const [, major, minor] = /^(\d+)\.(\d+)\.\d+/.exec(version) ?? []
  if (major === undefined) throw new Error(`'${version}' is no semantic version.`)
  return major === '0' ? `0.${minor}` : major
}
