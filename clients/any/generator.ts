// openapi-generator, pinned: fetched once with Maven and held against its digest.

import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const version = '7.25.0'
const digest = '41ce4f6b07f196676439d710759fa1ced7a08066d06ff1bf314681470289efae'
const folder = join(import.meta.dirname, '.generator')

/** The path of the jar. */
export function generatorJar(): string {
  const jar = join(folder, `openapi-generator-cli-${version}.jar`)
  if (!existsSync(jar)) fetchJar()
  const found = createHash('sha256').update(readFileSync(jar)).digest('hex')
  if (found !== digest) throw new Error(`${jar} is not the one that is pinned: its SHA-256 is ${found}.`)
  return jar
}

function fetchJar(): void {
  const artifact = `-Dartifact=org.openapitools:openapi-generator-cli:${version}`
  execFileSync('mvn', ['-q', '-B', 'dependency:copy', artifact, `-DoutputDirectory=${folder}`], { stdio: 'inherit' })
}
