// Rows of a response in JSON lines (application/x-ndjson), each as soon as its line has come.

/** It throws what reading the body throws: a list that breaks off is never taken for the whole. */
export async function* rowsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<unknown> {
  let rest = ''
  // A loop over the stream would do, but Safari has none. At an early end the response is cancelled.
  const reader = body.pipeThrough(new TextDecoderStream() as never).getReader() as Reader
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const lines = (rest + part.value).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) yield JSON.parse(line)
    }
  } finally {
    await reader.cancel()
  }
}

type Reader = ReadableStreamDefaultReader<string>
