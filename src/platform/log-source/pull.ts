import type { Readable } from 'node:stream';

/** A stream of Node, asked for its bytes instead of sending them. */
export interface Pull {
  /** What is there; empty when nothing is yet, null at the end. Throws what the stream failed with. */
  poll(): Uint8Array | null;
  /** Waits for something, or for the end. */
  read(): Promise<Uint8Array | null>;
  close(): void;
}

const NOTHING = new Uint8Array(0);

/** `onReady` is called when `poll` may have something new to say. */
export function pullFrom(stream: Readable, onReady: () => void = () => undefined): Pull {
  let isOver = false;
  let failure: Error | null = null;
  let wake: (() => void) | null = null;

  function signal(): void {
    wake?.();
    wake = null;
    onReady();
  }
  function finish(): void {
    isOver = true;
    signal();
  }
  stream.on('readable', signal);
  stream.on('end', finish);
  stream.on('close', finish);
  stream.on('error', (error) => {
    failure = error;
    finish();
  });

  function poll(): Uint8Array | null {
    const bytes = stream.read() as Buffer | null;
    if (bytes !== null) return bytes;
    if (failure !== null) throw failure;
    return isOver ? null : NOTHING;
  }
  function ready(): Promise<void> {
    if (isOver || stream.readableLength > 0) return Promise.resolve();
    return new Promise((resolve) => {
      wake = resolve;
    });
  }
  return {
    poll,
    async read() {
      for (;;) {
        const bytes = poll();
        if (bytes === null || bytes.length > 0) return bytes;
        await ready();
      }
    },
    close: () => void stream.destroy(),
  };
}
