import { Client } from 'pg';

/** What a fault may do; all of it ends with the fault. */
export interface Hands {
  /** One statement on a connection of its own. */
  run: (sql: string) => Promise<void>;
  /** A connection that stays open as long as the fault is on. */
  connect: () => Promise<Client>;
  /** Again and again, each time after the one before has ended. */
  every: (pauseMs: number, work: () => Promise<void>) => void;
  /** Lets work go on behind; how it ends does not matter. */
  leave: (work: Promise<unknown>) => void;
}

export interface HandsAtWork extends Hands {
  /** Cuts its connections and waits for its loops. */
  release: () => Promise<void>;
}

export function createHands(databaseUrl: string): HandsAtWork {
  const clients = new Set<Client>();
  const loops: Promise<void>[] = [];
  const over = new AbortController();

  async function connect(): Promise<Client> {
    over.signal.throwIfAborted();
    const client = new Client({ connectionString: databaseUrl, application_name: 'shop-worker' });
    client.on('error', () => undefined);
    clients.add(client);
    await client.connect();
    return client;
  }

  async function loop(pauseMs: number, work: () => Promise<void>): Promise<void> {
    while (!over.signal.aborted) {
      await work().catch(() => undefined);
      await pause(pauseMs, over.signal);
    }
  }

  return {
    connect,
    every: (pauseMs, work) => void loops.push(loop(pauseMs, work)),
    leave: (work) => void work.catch(() => undefined),
    async run(sql) {
      const client = await connect();
      try {
        await client.query(sql);
      } finally {
        clients.delete(client);
        await client.end();
      }
    },
    async release() {
      over.abort();
      await Promise.all([...clients].map((client) => client.end().catch(() => undefined)));
      await Promise.all(loops);
    },
  };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}
