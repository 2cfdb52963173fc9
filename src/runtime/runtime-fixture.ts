import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rememberModules } from './own-tools/known-modules.ts';
import { createRuntime, type Runtime, type RuntimeOptions } from './runtime.ts';

export const FIXTURE_TOOL = fileURLToPath(new URL('./tool-fixture.ts', import.meta.url));
export const SECRET = 'hunter2-hunter2';
export const NEVER: AbortSignal = new AbortController().signal;

export interface TestShop {
  url: string;
  folder: string;
  /** Status of `/switch`. */
  status: number;
  /** Writes `rearguard.config.json` into the folder. */
  configure(more?: Readonly<Record<string, unknown>>): Promise<void>;
  open(options?: Partial<RuntimeOptions>): Promise<Runtime>;
  close(): Promise<void>;
}

/** A real server on loopback, a folder of its own, and runtimes over both. */
export async function openTestShop(): Promise<TestShop> {
  const folder = await mkdtemp(join(tmpdir(), 'rearguard-runtime-'));
  const server = createServer((request, response) => {
    response.statusCode = request.url === '/ok' ? 200 : shop.status;
    response.end('shop');
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const opened: Runtime[] = [];
  const shop: TestShop = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    folder,
    status: 200,
    configure: (more = {}) =>
      writeFile(
        join(folder, 'rearguard.config.json'),
        JSON.stringify({
          targets: { shop: { baseUrl: shop.url } },
          plugins: [FIXTURE_TOOL],
          tools: { 'shop-guard': { key: { $env: 'SHOP_KEY' } } },
          ...more,
        }),
      ),
    async open(options = {}) {
      const env = { SHOP_KEY: SECRET };
      const runtime = await createRuntime({
        cwd: folder,
        env,
        workerThreads: false,
        isolateOwnTools: false,
        ...options,
      });
      opened.push(runtime);
      return runtime;
    },
    async close() {
      for (const runtime of opened) await runtime.close();
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
      await rm(folder, { recursive: true, force: true });
    },
  };
  await shop.configure();
  // It loads; to find that out again in each new folder would take most of the time of these tests.
  await rememberModules(new Map([[FIXTURE_TOOL, { reason: null, isLasting: true }]]), folder);
  return shop;
}
