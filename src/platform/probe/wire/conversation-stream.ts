import { Duplex } from 'node:stream';
import type { Conversation } from './conversation.ts';

export interface ConversationStream {
  stream: Duplex;
  /** What ended the reading: the deadline, or what the wire did; undefined while it goes on. */
  ending: () => unknown;
}

/** A conversation as a stream, for a protocol whose frames are left to Node. Whoever uses it destroys it. */
export function streamOf(wire: Conversation): ConversationStream {
  let ending: unknown;
  const stream = new Duplex({
    read() {
      wire.readSome().then(
        (bytes) => void stream.push(bytes),
        (error: unknown) => {
          ending ??= error;
          stream.destroy();
        },
      );
    },
    write(chunk: Buffer, _, done) {
      wire.send(chunk);
      done();
    },
  });
  stream.on('error', () => undefined);
  return { stream, ending: () => ending };
}
