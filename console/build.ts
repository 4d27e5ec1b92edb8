// `npm run build`: compiles `src/` into `built/`, which is committed, so that a service needs no build step and no package for it.

import { copyFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { digestOfSources } from './sources.ts'

const at = (...path: string[]) => join(import.meta.dirname, ...path)

await build({
  entryPoints: [at('src/app.tsx'), at('src/app.css')],
  outdir: at('built'),
  bundle: true,
  // The library for plots is a file of its own, which one page loads.
  splitting: true,
  chunkNames: '[name]',
  minify: true,
  format: 'esm',
  target: 'es2023',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  define: { 'process.env.NODE_ENV': '"production"' },
  legalComments: 'none',
  banner: { js: '/* Preact, TanStack Table and uPlot: MIT, see console/package.json */' },
})
copyFileSync(at('src/icon.svg'), at('built/icon.svg'))
writeFileSync(at('built/sources.txt'), `${digestOfSources()}\n`)
