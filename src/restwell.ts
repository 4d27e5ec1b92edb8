// The package `restwell`: what a definition is written with.

export { type Static, Type } from '@sinclair/typebox'
export * from './resource/resource.ts'
