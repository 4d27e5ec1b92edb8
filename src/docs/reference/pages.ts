// The pages of the reference: one that leads to all others, and one for each tag.

import { type Described, operationsOf, type ReadDocument } from './described.ts'
import { html, type Markup } from './html.ts'
import { languages } from './languages.ts'
import { markdown } from './markdown.ts'
import { code, methodMark, operationSection } from './operation.ts'
import { places } from './places.ts'

/** The document, read once for all pages. */
export interface Reading {
  readonly document: ReadDocument
  readonly byTag: ReadonlyMap<string, readonly Described[]>
  /** Whether the rows of a resource are shown at its address. */
  readonly linked: boolean
}

export function readDocument(document: ReadDocument, linked: boolean): Reading {
  return { document, byTag: Map.groupBy(operationsOf(document), ({ tag }) => tag), linked }
}

export function indexPage(reading: Reading): string {
  const { document } = reading
  const { info, tags } = document
  const content = html`
<h1>${info.title}</h1>
<p class="version">Version ${info.version} · <a href="${places.document('docs')}">Swagger UI</a> · <a href="${places.document('openapi.yaml')}">openapi.yaml</a> · <a href="${places.document('openapi.json')}">openapi.json</a></p>
${info.description !== undefined && markdown(info.description)}
${clients(isSecured(document))}
<h2 id="operations">Operations</h2>
<p class="search" hidden><label>Find an operation <input type="search" autocomplete="off"></label></p>
${tags.map(tag => listed(reading, tag))}`
  return page(reading, { title: `${info.title}: reference`, content })
}

/** Undefined if there is no such tag. */
export function tagPage(reading: Reading, tag: string): string | undefined {
  const { document, byTag, linked } = reading
  const operations = byTag.get(tag)
  if (operations === undefined) return undefined
  const { description = '' } = document.tags.find(({ name }) => name === tag) ?? {}
  const hasRows = linked && document.paths[`/${tag}`] !== undefined
  const content = html`
<h1>${titleOf(tag)}</h1>
${markdown(description)}
${hasRows && html`<p><a href="${places.rows(tag)}">Look at the rows</a></p>`}
${setUp(operations.some(({ secured }) => secured))}
${operations.map(operation => operationSection(document, operation, places))}`
  return page(reading, { title: `${titleOf(tag)}: ${document.info.title}`, content, tag })
}

const isSecured = ({ security = [] }: ReadDocument) => security.length > 0

/** `order_lines`: Order lines. */
function titleOf(tag: string): string {
  const words = tag.replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

function clients(secured: boolean): Markup {
  const document = `${places.origin}/openapi.yaml`
  return html`
<h2 id="clients">Clients</h2>
<p>The examples call the clients that these lines write; <code>curl</code> needs none.</p>
${code('In a shell', `npx restwell client typescript typescript/restwell-client ${document}\nnpx restwell client python python/restwell-client ${document}`, 'shell')}
${setUp(secured)}`
}

function setUp(secured: boolean): Markup {
  const figures = languages.map(({ id, name, setUp }) => {
    const text = setUp(places.origin, secured)
    return text === undefined
      ? html`<p class="in-${id}">${name} needs nothing.</p>`
      : code(name, text, `in-${id}`)
  })
  return html`<details class="set-up"><summary>Before the examples</summary>${figures}</details>`
}

function listed(
  { byTag }: Reading,
  { name, description }: { readonly name: string; readonly description: string },
): Markup {
  const operations = byTag.get(name) ?? []
  return html`
<section class="tag">
<h3><a href="${places.page(name)}">${titleOf(name)}</a></h3>
${markdown(description)}
<ul>${operations.map(
    operation =>
      html`<li><a href="${places.operation(operation)}">${methodMark(operation.method)} <span>${operation.summary}</span> <code>${operation.path}</code></a></li>`,
  )}</ul>
</section>`
}

interface Shown {
  readonly title: string
  readonly content: Markup
  readonly tag?: string
}

function page(reading: Reading, { title, content, tag }: Shown): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${places.file('style.css')}">
<script src="${places.file('page.js')}" defer></script>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
${banner(reading)}
<div class="columns">
${navigation(reading, tag)}
<main id="content" tabindex="-1">${content}</main>
</div>
</body>
</html>
`.text
}

function banner({ document, linked }: Reading): Markup {
  return html`
<header>
<a class="name" href="${places.index}">${document.info.title}</a>
<fieldset class="languages"><legend>Examples in</legend>${languages.map(
    ({ id, name }, at) =>
      html`<label><input type="radio" name="language" value="${id}"${at === 0 && html` checked`}> ${name}</label>`,
  )}</fieldset>
<span class="ways">${linked && html`<a href="${places.rows('')}">Data</a> `}<a href="${places.document('docs')}">Try it</a></span>
</header>`
}

function navigation({ document, byTag }: Reading, current: string | undefined): Markup {
  const entries = document.tags.map(({ name }) => {
    const isHere = name === current
    const within = isHere
      ? html`<ul>${(byTag.get(name) ?? []).map(
          ({ operationId, summary }) => html`<li><a href="#${operationId}">${summary}</a></li>`,
        )}</ul>`
      : undefined
    return html`<li><a href="${places.page(name)}"${isHere && html` aria-current="page"`}>${titleOf(name)}</a>${within}</li>`
  })
  return html`<nav aria-label="Resources"><ul>${entries}</ul></nav>`
}
