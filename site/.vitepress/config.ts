// The site: the Markdown files of the repository where they are, with the contents of docs/README.md beside them.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig } from 'vitepress'

const root = join(import.meta.dirname, '../..')

/** The sections of docs/README.md and the links in each, so that no page is named twice. */
function sidebar() {
  const sections = readFileSync(join(root, 'docs/README.md'), 'utf8').split(/^## /m).slice(1)
  return sections.map(section => {
    const links = [...section.matchAll(/\[([^\]]+)\]\(([\w./-]+)\.md\)/g)]
    return {
      text: section.split('\n', 1)[0] ?? '',
      items: links.map(([, text = '', path = '']) => ({ text, link: join('/docs', path) })),
    }
  })
}

// biome-ignore lint/style/noDefaultExport: VitePress reads it.
export default defineConfig({
  title: 'Restwell',
  description: 'One TypeBox file per resource, and a dependable REST API follows',
  srcDir: '..',
  srcExclude: [
    '**/node_modules/**',
    'create/**',
    'test/**',
    'dist/**',
    'migrations/**',
    '.github/**',
  ],
  outDir: 'dist',
  cleanUrls: true,
  rewrites: { 'README.md': 'index.md', 'docs/README.md': 'docs/index.md' },
  // Files that are no pages; the tests know that they are there.
  ignoreDeadLinks: [/LICENSE$/, /\.(?:py|ts)$/],
  // Pages stand above this folder, and are compiled with what is installed in it.
  vite: {
    publicDir: false,
    // Another version of it stands beside the pages.
    ssr: { noExternal: ['entities'] },
    resolve: { alias: { vue: join(import.meta.dirname, '../node_modules/vue') } },
  },
  markdown: {
    languageAlias: { pycon: 'python' },
    config: md => {
      // Badges are for GitHub, which knows where its checks are.
      md.core.ruler.before('normalize', 'badges', state => {
        state.src = state.src.replace(/^\[?!\[.*(?:badge\.svg|shields\.io).*\n/gm, '')
      })
    },
  },
  themeConfig: {
    nav: [
      { text: 'Tutorial', link: '/docs/tutorial' },
      { text: 'Documentation', link: '/docs/' },
      { text: 'Changes', link: '/CHANGELOG' },
    ],
    sidebar: sidebar(),
    outline: [2, 3],
    search: { provider: 'local' },
  },
})
