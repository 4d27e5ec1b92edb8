// The policy of our own pages in a browser (Content Security Policy Level 3).

/** A page runs only what is its own. Trusted types refuse every text that would become markup. `more`: what it may besides. */
export function pagePolicy(...more: readonly string[]): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    ...more,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ')
}
