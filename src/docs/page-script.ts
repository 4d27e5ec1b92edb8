// Additions to Swagger UI: credentials are kept for the tab, and its filter finds more than the names of resources.

/** Its page has no viewport, so a phone would show it in the width of a desktop. */
const viewport = `document.head.append(
  Object.assign(document.createElement('meta'), { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
)`

/** In the same place as those of the console, so that who has signed in there has done so here. */
const keeping = `
const place = 'restwell-credentials' + location.pathname.replace(/\\/docs\\b.*$/, '')
const keep = value => (value ? sessionStorage.setItem(place, value) : sessionStorage.removeItem(place))
const auth = {
  wrapActions: {
    authorize: go => given => (keep(given.bearerAuth?.value), go(given)),
    logout: go => names => (keep(''), go(names)),
  },
}
const restore = ui => {
  const kept = sessionStorage.getItem(place)
  if (kept !== null) ui.preauthorizeApiKey('bearerAuth', kept)
}`

/** `Delete a book`, `deleteBook`, `/books/{id}`, `books`: in any case. */
const finding = `
const fits = (operation, phrase) =>
  ['path', 'method', ['operation', 'summary'], ['operation', 'operationId']]
    .map(at => operation.getIn([at].flat()))
    .some(text => text?.toLowerCase().includes(phrase))
const opsFilter = (groups, text) => {
  const phrase = text.toLowerCase()
  return groups
    .map((group, tag) =>
      tag.toLowerCase().includes(phrase)
        ? group
        : group.update('operations', all => all.filter(operation => fits(operation, phrase))),
    )
    .filter(group => group.get('operations').size > 0)
}`

/** Runs before Swagger UI starts, which is when the page has been loaded. */
export const pageScript = `(() => {
${viewport}
${keeping}
${finding}
const make = SwaggerUIBundle
window.SwaggerUIBundle = Object.assign(config => {
  const plugin = () => ({ fn: { opsFilter }, statePlugins: { auth } })
  const plugins = [...config.plugins, plugin]
  const ui = make({ ...config, plugins, onComplete: () => restore(ui) })
  return ui
}, make)
})()
`
