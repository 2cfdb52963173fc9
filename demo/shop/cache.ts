import { connect, type Socket } from 'node:net';
import { createParser, encodeCommand, type Reply } from '../cache/resp.ts';

/** The shop's side of its cache: without a cache that answers, it is an empty one. */
export interface Cache {
  /** Null when it is not there, and when the cache does not answer. */
  get(key: string): Promise<string | null>;
  /** Nobody waits for it. */
  set(key: string, value: string, lifeSeconds: number): void;
  close(): void;
}

/** A page that has to wait longer is better read from the database. */
const ANSWER_TIMEOUT_MS = 200;
/** After a failure nobody asks the cache; how often it is tried in the background. */
const RETRY_MS = 1_000;
const MAX_REPLY_BYTES = 1_000_000;

interface Connection {
  ask(words: readonly string[]): Promise<Reply>;
  close(): void;
}

/** One connection, which has to answer a PING before anything is asked of it, and is given up at its first silence. */
export function createCache(port: number): Cache {
  let proven: Connection | undefined;
  let closed = false;
  let retry: NodeJS.Timeout | undefined;
  let trying: Connection | undefined;

  function tryConnection(): void {
    const connection = openConnection(port, () => {
      proven = undefined;
      if (!closed) retry = setTimeout(tryConnection, RETRY_MS).unref();
    });
    trying = connection;
    connection.ask(['PING']).then(
      () => (proven = connection),
      () => undefined,
    );
  }
  tryConnection();
  return {
    async get(key) {
      const value = await proven?.ask(['GET', key]).catch(() => null);
      return typeof value === 'string' ? value : null;
    },
    set(key, value, lifeSeconds) {
      proven?.ask(['SET', key, value, 'EX', String(lifeSeconds)]).catch(() => undefined);
    },
    close() {
      closed = true;
      clearTimeout(retry);
      trying?.close();
    },
  };
}

/** Answers come in the order of the questions, so one that is late makes all that follow useless. */
function openConnection(port: number, onClose: () => void): Connection {
  const waiting: { settle(reply: Reply): void; timer: NodeJS.Timeout }[] = [];
  const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const push = createParser(MAX_REPLY_BYTES);
  socket.on('data', (chunk) => {
    try {
      for (const reply of push(chunk)) answerFirst(reply);
    } catch {
      socket.destroy();
    }
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    while (waiting.length > 0) answerFirst(new Error('the cache does not answer'));
    onClose();
  });

  function answerFirst(reply: Reply): void {
    const first = waiting.shift();
    clearTimeout(first?.timer);
    first?.settle(reply);
  }
  return {
    ask(words) {
      return new Promise((resolve, reject) => {
        const settle = (reply: Reply): void => (reply instanceof Error ? reject(reply) : resolve(reply));
        if (socket.destroyed) return settle(new Error('the connection is closed'));
        waiting.push({ settle, timer: setTimeout(() => socket.destroy(), ANSWER_TIMEOUT_MS) });
        socket.write(encodeCommand(words));
      });
    },
    close: () => socket.destroy(),
  };
}
