// The style of the reference, and its script: without it, everything can be read, in the first language.

/** Colours of text and ground have a contrast of at least 4.5 (WCAG 2.2 §1.4.3). */
export const style = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#fff, #14171a); --raised: light-dark(#f4f6f8, #1c2126); --line: light-dark(#d5dbe1, #343b42);
  --text: light-dark(#1b2127, #e3e7eb); --muted: light-dark(#556270, #a3adb8); --link: light-dark(#1257a8, #7db8ff);
  --strong: light-dark(#9a2c1f, #ffa294);
}
* { box-sizing: border-box }
html { scroll-padding-top: 72px }
body { margin: 0; background: var(--ground); color: var(--text); font: 16px/1.55 system-ui, sans-serif; overflow-wrap: break-word }
a { color: var(--link) }
a:focus-visible, input:focus-visible, summary:focus-visible, pre:focus-visible, button:focus-visible { outline: 2px solid var(--link); outline-offset: 2px }
code, pre { font: 14px/1.5 ui-monospace, 'DejaVu Sans Mono', monospace }
.skip { position: absolute; left: -999px }
.skip:focus { left: 8px; top: 8px; z-index: 3; background: var(--ground); padding: 8px }
body > header { position: sticky; top: 0; z-index: 2; display: flex; flex-wrap: wrap; gap: 4px 24px; align-items: center; padding: 10px 24px; background: var(--raised); border-bottom: 1px solid var(--line) }
.name { font-weight: 650; color: inherit; text-decoration: none; margin-right: auto }
.languages { border: 0; padding: 0; margin: 0; display: flex; gap: 12px; min-width: 0 }
.languages legend { float: left; color: var(--muted); margin-right: 12px } .languages label { white-space: nowrap }
.ways a { margin-left: 8px }
.columns { display: grid; grid-template-columns: 230px minmax(0, 1fr); max-width: 1500px; margin: auto }
nav { position: sticky; top: 56px; align-self: start; max-height: calc(100vh - 56px); overflow-y: auto; padding: 20px 8px 20px 24px }
nav ul { list-style: none; margin: 0; padding: 0 }
nav ul ul { padding-left: 14px; font-size: 14px }
nav a { display: block; padding: 3px 0; color: inherit; text-decoration: none }
nav a:hover, nav a[aria-current] { color: var(--link) }
nav a[aria-current] { font-weight: 650 }
main { padding: 12px 24px 80px; min-width: 0 }
main:focus { outline: none }
h1 { line-height: 1.2 } h2 { line-height: 1.3 } h2 a { color: inherit; text-decoration: none } h2 a:hover { text-decoration: underline }
.about h3 { margin: 20px 0 6px; padding-bottom: 4px; border-bottom: 1px solid var(--line); font-size: 15px }
p { margin: 6px 0 }
main > p, main > ul, main > .tag > p { max-width: 75ch }
.operation { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 40px; border-top: 1px solid var(--line); padding: 12px 0 32px; margin-top: 24px }
.examples { position: sticky; top: 72px; align-self: start; max-height: calc(100vh - 80px); overflow-y: auto }
.method { display: inline-block; min-width: 4.5em; font: 650 12px/1.6 ui-monospace, monospace; color: var(--muted) }
.get { color: light-dark(#1257a8, #7db8ff) } .post { color: light-dark(#12663a, #6fd39c) } .put { color: light-dark(#7c4a00, #f0bd6b) }
.patch { color: light-dark(#0b6358, #6fd6c8) } .delete { color: var(--strong) }
.version, .type, .limits, .types { color: var(--muted); font-size: 14px }
.required, .deprecated { color: var(--strong); font-size: 13px }
dl { margin: 0 }
dt { padding-top: 8px } dt code { font-weight: 650 }
dd { margin: 0 0 8px; font-size: 15px } dd p { margin: 2px 0 }
dd details { border-left: 2px solid var(--line); padding-left: 12px; margin: 4px 0 }
summary { cursor: pointer; color: var(--link); font-size: 14px } .filters { margin-top: 16px }
.responses { display: grid; grid-template-columns: 5em minmax(0, 1fr) } .responses dt { padding-top: 0 }
figure { margin: 0 0 12px; position: relative; border: 1px solid var(--line); border-radius: 6px; overflow: hidden; background: var(--raised) }
figcaption { padding: 4px 12px; font-size: 13px; color: var(--muted); border-bottom: 1px solid var(--line) }
pre { margin: 0; padding: 12px; overflow-x: auto }
pre:focus-visible { outline-offset: -2px }
figure button { position: absolute; top: 2px; right: 6px; font: inherit; font-size: 13px; color: var(--link); background: none; border: 0; padding: 2px 6px; cursor: pointer }
body:has([value=curl]:checked) :is(.in-typescript, .in-python), body:has([value=typescript]:checked) :is(.in-curl, .in-python),
body:has([value=python]:checked) :is(.in-curl, .in-typescript) { display: none }
.search input { font: inherit; width: 100%; max-width: 30em; padding: 6px 10px; color: inherit; background: var(--ground); border: 1px solid var(--muted); border-radius: 6px }
.tag ul { list-style: none; padding: 0 } .tag li a { display: inline-block; padding: 3px 0; color: inherit; text-decoration: none }
.tag li a:hover span:not(.method) { text-decoration: underline } .tag li code { color: var(--muted) }
[hidden] { display: none }
@media (max-width: 1100px) { .operation { grid-template-columns: minmax(0, 1fr); gap: 8px } .examples { position: static; max-height: none } }
@media (max-width: 760px) {
  .columns { display: block } nav { position: static; max-height: 11em; border-bottom: 1px solid var(--line); padding: 8px 16px }
  main { padding: 8px 16px 60px } body > header { position: static; padding: 8px 16px } html { scroll-padding-top: 8px }
  .languages legend { position: absolute; left: -999px }
}
@media print { nav, body > header, .skip, figure button { display: none } .columns { display: block } }
`

export const script = `(() => {
const kept = localStorage.getItem('restwell-language')
for (const choice of document.querySelectorAll('[name=language]')) {
  if (choice.value === kept) choice.checked = true
  choice.addEventListener('change', () => localStorage.setItem('restwell-language', choice.value))
}

const search = document.querySelector('.search')
const find = text => {
  const words = text.toLowerCase().split(/\\s+/)
  for (const tag of document.querySelectorAll('.tag')) {
    for (const entry of tag.querySelectorAll('li')) {
      const said = (entry.textContent + entry.querySelector('a').hash).toLowerCase()
      entry.hidden = !words.every(word => said.includes(word))
    }
    tag.hidden = tag.querySelector('li:not([hidden])') === null
  }
}
if (search !== null) {
  search.hidden = false
  search.querySelector('input').addEventListener('input', event => find(event.target.value))
}

if (navigator.clipboard !== undefined)
  for (const figure of document.querySelectorAll('figure')) {
    const button = Object.assign(document.createElement('button'), { type: 'button', textContent: 'Copy' })
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(figure.querySelector('code').textContent)
      button.textContent = 'Copied'
      setTimeout(() => { button.textContent = 'Copy' }, 2000)
    })
    figure.append(button)
  }
})()
`
