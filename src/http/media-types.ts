// The media types of bodies (RFC 8259, RFC 7396 §4, RFC 6902 §6), and that of pages.

export const jsonType = 'application/json'
export const mergePatchType = 'application/merge-patch+json'
export const jsonPatchType = 'application/json-patch+json'
export const htmlType = 'text/html'

/** The media types of all bodies that operations accept. */
export const bodyTypes = [jsonType, mergePatchType, jsonPatchType]
