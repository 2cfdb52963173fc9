import { createServer } from 'node:http';
import { createDoor } from '../../demo/door.ts';
import type { AlertMessage } from '../../src/core/alert.ts';

export interface ReceivedMessage {
  /** Wall clock, when its last byte came. */
  atMs: number;
  /** The same for every copy. */
  delivery: string;
  message: AlertMessage;
}

/** What a webhook notifier talks to; it can be gone for a while and come back on the same port. */
export interface MessageReceiver {
  url: string;
  received: readonly ReceivedMessage[];
  goDown(): Promise<void>;
  comeBack(): Promise<void>;
  stop(): Promise<void>;
}

export async function startMessageReceiver(): Promise<MessageReceiver> {
  const received: ReceivedMessage[] = [];
  const door = createDoor(() =>
    createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const message = JSON.parse(Buffer.concat(chunks).toString()) as AlertMessage;
        received.push({
          atMs: Date.now(),
          delivery: String(request.headers['x-rearguard-delivery']),
          message,
        });
        response.end('ok');
      });
    }),
  );
  const port = await door.open();
  return {
    url: `http://127.0.0.1:${port}/alerts`,
    received,
    goDown: () => door.close(),
    comeBack: async () => void (await door.open()),
    stop: () => door.close(),
  };
}

/** Messages without the copies that a retry after a crash may make. */
export function distinct(received: readonly ReceivedMessage[]): ReceivedMessage[] {
  const seen = new Set<string>();
  return received.filter(({ delivery }) => !seen.has(delivery) && seen.add(delivery));
}
