import { Writable } from 'node:stream';
import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';
import { createServer, type ServerParts } from './server.ts';

export interface StdioStreams {
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
}

/** Serves until the client closes its end, or the signal. From here on nothing but the protocol reaches stdout. */
export async function serveOverStdio(
  parts: ServerParts,
  streams: StdioStreams,
  options: { signal: AbortSignal; onError: (error: Error) => void },
): Promise<void> {
  const { stdin, stdout, stderr } = streams;
  const kept = keepForProtocol(stdout, stderr);
  const ended = new Promise<void>((resolve) => {
    for (const event of ['end', 'close'] as const) stdin.once(event, () => resolve());
    if (options.signal.aborted) resolve();
    options.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  const transport = new StdioServerTransport(stdin, kept.protocol);
  const handle = serveStdio(() => createServer(parts), { transport, onerror: options.onError });
  try {
    await ended;
  } finally {
    await handle.close().catch(options.onError);
    kept.restore();
  }
}

/** Whatever else in this process writes to stdout (a config, a package that logs) goes to stderr: one foreign line ends a connection. */
function keepForProtocol(
  stdout: NodeJS.WriteStream,
  stderr: NodeJS.WriteStream,
): { protocol: Writable; restore(): void } {
  const write = stdout.write.bind(stdout);
  const protocol = new Writable({
    write: (chunk: Buffer, _, done) => void write(chunk, (error) => done(error)),
  });
  stdout.write = stderr.write.bind(stderr);
  return {
    protocol,
    restore: () => {
      stdout.write = write;
    },
  };
}
