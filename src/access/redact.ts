// Removes credentials that were put into an address by mistake, before the address is logged.

/** A key; a token (RFC 7515 §3.1, RFC 7516 §3.1), whose first part is a JSON object, with or without blanks, in base64url. */
const secrets = /rw_live_[0-9A-Za-z]+|(?:ey[AJ]|ew[0ko])[\w-]{8,}(?:\.[\w-]*){1,4}/g

/** The parts between the delimiters of an address. */
const parts = /[^/?&=#;, ]+/g

/** How many times a text may have been percent-encoded; beyond that it is left out as a whole. */
const maxEncoded = 5

/** The same text with `…` for every key and token, however it is encoded. */
export function withoutSecrets(text: string): string {
  return text.replace(parts, part => {
    const decoded = decode(part)
    if (decoded === part) return part.replace(secrets, '…')
    return decoded === undefined || decoded.search(secrets) >= 0 ? '…' : part
  })
}

/** Invalid escapes stay as they are, so that a broken one hides nothing. Undefined for a text that was encoded too often. */
function decode(text: string): string | undefined {
  let [decoded, rest] = [text, maxEncoded]
  while (/%[\da-f]{2}/i.test(decoded)) {
    if (rest-- === 0) return undefined
    decoded = decoded.replace(/%([\da-f]{2})/gi, (_, code) =>
      String.fromCharCode(Number.parseInt(code, 16)),
    )
  }
  return decoded
}
