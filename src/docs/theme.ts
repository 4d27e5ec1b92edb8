// The look of Swagger UI: improvements on its own style, in light, in dark and on a phone.

/** Colours of text and ground have a contrast of at least 4.5 (WCAG 2.2 §1.4.3). */
export const themeCss = `
/* One document is served here: there is nothing else to explore. */
.swagger-ui .topbar .download-url-wrapper { display: none }
.swagger-ui .topbar .topbar-wrapper { flex-flow: row nowrap; justify-content: space-between }
.swagger-ui .topbar .link { flex: none; max-width: none }
.swagger-ui .info { margin: 32px 0 16px }
.swagger-ui .info hgroup.main a { display: none }
.swagger-ui .info li, .swagger-ui .info p { line-height: 1.6 }
.swagger-ui .scheme-container { padding: 16px 0; box-shadow: none }
.swagger-ui .parameters-col_name { min-width: 150px }
.swagger-ui .parameters-col_description p { font-size: 14px; line-height: 1.5 }
.swagger-ui .opblock .opblock-summary .view-line-link.copy-to-clipboard { flex: none; width: 24px; margin: 0 5px }

/* A list has more filters than a screen: Execute stays in sight while one looks through them. */
.swagger-ui .opblock-body :is(.execute-wrapper, .btn-group) { position: sticky; bottom: 0; z-index: 1; background: #fff }
html.dark-mode .swagger-ui .opblock-body :is(.execute-wrapper, .btn-group) { background: #1c2022 }

html:not(.dark-mode) .swagger-ui .opblock.opblock-get .opblock-summary-method { background: #1765b3 }
html:not(.dark-mode) .swagger-ui .opblock.opblock-post .opblock-summary-method { background: #177245 }
html:not(.dark-mode) .swagger-ui .opblock.opblock-put .opblock-summary-method { background: #8f5300 }
html:not(.dark-mode) .swagger-ui .opblock.opblock-patch .opblock-summary-method { background: #0b6f60 }
html:not(.dark-mode) .swagger-ui .opblock.opblock-delete .opblock-summary-method { background: #b3261e }
html:not(.dark-mode) .swagger-ui .btn.execute { background: #1765b3; border-color: #1765b3 }
html:not(.dark-mode) .swagger-ui .info a { color: #1765b3 }
html.dark-mode .swagger-ui table.headers td, html.dark-mode .swagger-ui .headers .header-col { color: #c9d1d9 }

@media (max-width: 640px) {
  .swagger-ui .wrapper, .swagger-ui .opblock-tag-section { padding: 0 8px }
  .swagger-ui .filter .operation-filter-input { width: 100%; max-width: none }
  .swagger-ui .filter-container .wrapper > *, .swagger-ui .filter > * { flex: 1 0 100%; max-width: 100% }
  .swagger-ui .info .title { font-size: 28px }
  .swagger-ui .opblock-tag { flex-wrap: wrap; font-size: 20px }
  .swagger-ui .opblock-tag small { flex: 1 0 100%; order: 1; padding: 4px 0 0 }
  .swagger-ui .opblock .opblock-summary-method { min-width: 64px; padding: 6px 0; font-size: 12px }
  .swagger-ui .opblock .opblock-summary-description { display: none }
  .swagger-ui .opblock .opblock-summary-path { font-size: 14px }
  .swagger-ui .opblock .opblock-section-header { flex-wrap: wrap; gap: 8px }
  .swagger-ui :is(.parameters, .responses-table), .swagger-ui :is(.parameters, .responses-table) > tbody,
  .swagger-ui :is(.parameters, .responses-table) > tbody > tr,
  .swagger-ui :is(.parameters, .responses-table) > tbody > tr > td { display: block; width: auto; max-width: 100% }
  .swagger-ui :is(.parameters, .responses-table) > thead { display: none }
  .swagger-ui .parameters > tbody > tr > td { padding: 4px 0; overflow-wrap: anywhere }
  .swagger-ui .parameters-container .parameters { padding: 0 }
  .swagger-ui .table-container { padding: 12px }
  .swagger-ui .opblock-body input, .swagger-ui .opblock-body select, .swagger-ui .opblock-body textarea { max-width: 100% }
  .swagger-ui .responses-inner { padding: 12px }
  .swagger-ui .responses-table > tbody > tr > td { padding: 4px 0; overflow-wrap: anywhere }
  .swagger-ui .responses-table .response-col_status { font-weight: 700 }
  .swagger-ui .responses-table .response-col_links { display: none }
  .swagger-ui .responses-inner :is(pre, .highlight-code) { max-width: 100%; overflow-x: auto }
}
`
