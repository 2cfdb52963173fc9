import { Client, InMemoryTransport } from '@modelcontextprotocol/client';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { systemClock } from '../../platform/clock.ts';
import { SECRET, type TestShop } from '../../runtime/runtime-fixture.ts';
import { BUILTIN_TOOLS } from '../../tools/registry.ts';
import { createRuntimes, type Runtimes } from './runtimes.ts';
import { createServer, type ServerParts } from './server.ts';

/** The two generations of the protocol: with a handshake, and without. */
export type Era = '2025' | '2026';

export interface TestServer {
  runtimes: Runtimes;
  connect(era?: Era): Promise<Client>;
  close(): Promise<void>;
}

/** A server over a shop, in this process; clients talk to it over the real protocol. */
export async function openTestServer(
  shop: TestShop,
  more: Partial<Pick<ServerParts, 'allowWrite'>> = {},
): Promise<TestServer> {
  const env = { SHOP_KEY: SECRET };
  const runtimes = createRuntimes({ cwd: shop.folder, env, workerThreads: false });
  const parts: ServerParts = {
    version: '0.0.0',
    runtimes,
    builtIn: BUILTIN_TOOLS,
    allowWrite: false,
    clock: systemClock,
    ...more,
  };
  const closing: (() => Promise<void>)[] = [];
  return {
    runtimes,
    async connect(era = '2026') {
      const [near, far] = InMemoryTransport.createLinkedPair();
      const handle = serveStdio(() => createServer(parts), { transport: far });
      const mode = era === '2025' ? 'legacy' : { pin: '2026-07-28' };
      const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } });
      closing.push(
        () => client.close(),
        () => handle.close(),
      );
      await client.connect(near);
      return client;
    },
    async close() {
      for (const close of closing) await close();
      await runtimes.close();
    },
  };
}
