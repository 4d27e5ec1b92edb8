// What must not be in a log: credentials that were put into an address by mistake.

/** A key; a token (RFC 7515 §3.1, RFC 7516 §3.1), whose first part is a JSON object, with or without blanks, in base64url. */
const secrets = /rw_live_[0-9A-Za-z]+|(?:ey[AJ]|ew[0ko])[\w-]{8,}(?:\.[\w-]*){1,4}/g

/** What stands between the delimiters of an address. */
const parts = /[^/?&=#;, ]+/g

/** How often a text may have been percent-encoded; what was encoded more often is left out whole. */
const maxEncoded = 5

/** The same text with `…` for every key and token, however it is encoded. */
export function withoutSecrets(text: string): string {
  return text.replace(parts, part => {
    const decoded = decode(part)
    if (decoded === part) return part.replace(secrets, '…')
    return decoded === undefined || decoded.search(secrets) >= 0 ? '…' : part
  })
}

/** Escapes that are none stay as they are, so that a broken one hides nothing. Nothing for what never comes to an end. */
function decode(text: string): string | undefined {
  let [decoded, rest] = [text, maxEncoded]
  while (/%[\da-f]{2}/i.test(decoded)) {
    if (rest-- === 0) return undefined
    decoded = decoded.replace(/%([\da-f]{2})/gi, (_, code) => String.fromCharCode(Number.parseInt(code, 16)))
  }
  return decoded
}
