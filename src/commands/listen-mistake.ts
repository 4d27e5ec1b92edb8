// Advice when the service cannot listen where it should.

/** The error of the system, in words that name the setting and a way out. */
export function listenMistake(
  error: NodeJS.ErrnoException & { port?: number },
  host: string,
): Error {
  const { code, port = 0 } = error
  const sentence = sentences(host, port)[code ?? '']
  return sentence === undefined ? error : new Error(sentence, { cause: error })
}

function sentences(host: string, port: number): Readonly<Record<string, string>> {
  const noAddress = `HOST is '${host}', which is no address of this machine; 127.0.0.1 is for this machine alone, 0.0.0.0 for all.`
  return {
    EADDRINUSE: `Another process listens on port ${port} of ${host}. Stop it, or choose another port: PORT=${port + 1}, or --port ${port + 1}.`,
    EACCES: `This process may not listen on port ${port}. Choose one from 1024 on: PORT=3000, or --port 3000.`,
    EADDRNOTAVAIL: noAddress,
    ENOTFOUND: noAddress,
  }
}
