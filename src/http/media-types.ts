// The media types of bodies (RFC 8259, RFC 7396 §4, RFC 6902 §6), and that of pages.

export const jsonType = 'application/json'
export const mergePatchType = 'application/merge-patch+json'
export const jsonPatchType = 'application/json-patch+json'
export const htmlType = 'text/html'

/** How many rows a request has stored. It is not `application/json`, so that clients can tell it from a row by its type. */
export const countsType = 'application/vnd.restwell.counts+json'

/** The outcome of rows that are stored later; for the same reason. */
export const importType = 'application/vnd.restwell.import+json'

/** The media types of all bodies that operations accept and that are one JSON value. */
export const bodyTypes = [jsonType, mergePatchType, jsonPatchType]
