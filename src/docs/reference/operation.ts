// One operation: what it does, takes and returns, and its example in each language.

import type { Content, Described, ReadDocument, Response } from './described.ts'
import { exampleOf, firstJson, mediaSample } from './example.ts'
import { html, type Markup } from './html.ts'
import { languages } from './languages.ts'
import { json, literal } from './literal.ts'
import { markdown } from './markdown.ts'
import { membersOf, parametersOf } from './members.ts'
import type { Places } from './places.ts'

export function operationSection(
  document: ReadDocument,
  operation: Described,
  places: Places,
): Markup {
  const { operationId, method, path, summary, description, deprecated } = operation
  return html`
<section class="operation" aria-labelledby="${operationId}">
<div class="about">
<h2 id="${operationId}"><a href="#${operationId}">${summary}</a></h2>
<p class="address">${methodMark(method)} <code>${path}</code>${deprecated === true && html` <span class="deprecated">deprecated</span>`}</p>
${description !== undefined && markdown(description)}
${parametersOf(document, operation)}
${bodyPart(document, operation)}
${responsesPart(document, operation)}
</div>
<div class="examples">
${examples(document, operation, places)}
<p class="elsewhere"><a href="${places.tryIt(operation)}">Try it in Swagger UI</a></p>
</div>
</section>`
}

export function methodMark(method: string): Markup {
  return html`<span class="method ${method.toLowerCase()}">${method}</span>`
}

function bodyPart(document: ReadDocument, { requestBody }: Described): Markup | undefined {
  const found = requestBody && firstJson(requestBody.content)
  if (requestBody === undefined || found === undefined) return undefined
  const [, { schema = {} }] = found
  return html`<h3>Body</h3>${mediaTypes(requestBody.content)}${membersOf(document, schema)}`
}

function mediaTypes(content: Content): Markup {
  return html`<p class="types">${Object.keys(content).map(type => html`<code>${type}</code> `)}</p>`
}

function responsesPart(document: ReadDocument, { responses }: Described): Markup {
  return html`<h3>Responses</h3><dl class="responses">${Object.entries(responses).map(
    ([status, response]) =>
      html`<dt><code>${status}</code></dt><dd>${responseNote(document, status, response)}</dd>`,
  )}</dl>`
}

function responseNote(document: ReadDocument, status: string, response: Response): Markup {
  const { description, headers = {}, content } = response
  const names = Object.keys(headers)
  const found = status < '300' && content !== undefined ? firstJson(content) : undefined
  return html`${markdown(description)}
${names.length > 0 && html`<p class="limits">With ${names.map(name => html`<code>${name}</code> `)}</p>`}
${
  found !== undefined &&
  html`${mediaTypes(content ?? {})}<details><summary>Members</summary>${membersOf(document, found[1].schema ?? {})}</details>`
}`
}

function examples(document: ReadDocument, operation: Described, places: Places): Markup {
  const example = exampleOf(document, operation)
  const calls = languages.map(({ id, name, call }) =>
    code(name, call(example, places.origin), `in-${id}`),
  )
  return html`${calls}${resultOf(document, operation)}`
}

/** The body of its first success. */
function resultOf(document: ReadDocument, { responses }: Described): Markup | undefined {
  const [status, { content }] = Object.entries(responses).find(
    ([each, response]) => each < '300' && response.content !== undefined,
  ) ?? ['', { content: undefined }]
  const found = content && firstJson(content)
  if (found === undefined) return undefined
  const sample = mediaSample(document, found[1])
  const text = typeof sample === 'string' ? sample : literal(sample, json)
  return code(`Response ${status}`, text, 'result')
}

/** People who use the keyboard can scroll in it. */
export function code(label: string, text: string, kind: string): Markup {
  return html`<figure class="${kind}"><figcaption>${label}</figcaption><pre tabindex="0" aria-label="${label}"><code>${text}</code></pre></figure>`
}
