import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveSecrets } from '../../../config/resolve-secrets.ts';
import type { HttpTarget } from '../../../config/targets.ts';
import type { LoadLimits } from '../../../core/load/plan.ts';
import { systemFiles } from '../../../platform/files.ts';
import { createHttpClient } from '../../../platform/http-client.ts';
import { createNetGuard } from '../../../platform/net-guard.ts';
import { serveHttp } from '../../../platform/test-support/servers.ts';
import type { PlanContext } from './make-plan.ts';

export const LIMITS: LoadLimits = {
  maxConnections: 100,
  maxQueued: 10_000,
  connectTimeoutMs: 5_000,
  drainMs: 5_000,
  maxRatePerSecond: 100_000,
  maxDurationMs: 3_600_000,
  errorBudget: null,
  honourRetryAfter: true,
  keepAlive: true,
  cookies: true,
};

export interface TestSite {
  url: string;
  folder: string;
  target: HttpTarget;
  /** Values that were to be hidden. */
  hidden: string[];
  requests: { method: string; url: string; headers: IncomingMessage['headers']; body: string }[];
  context(more?: Partial<PlanContext>): PlanContext;
  write(name: string, text: string | Buffer): Promise<string>;
  close(): Promise<void>;
}

type Listener = Parameters<typeof serveHttp>[0];
type IncomingMessage = Parameters<Listener>[0];
type ServerResponse = Parameters<Listener>[1];
type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;

/** A real server on loopback and a folder of its own. */
export async function openTestSite(answer: Answer, env: Record<string, string> = {}): Promise<TestSite> {
  const folder = await mkdtemp(join(tmpdir(), 'rearguard-scenario-'));
  const requests: TestSite['requests'] = [];
  const server = await serveHttp((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const { method = '', url = '', headers } = request;
      requests.push({ method, url, headers, body });
      answer(request, response, body);
    });
  });
  const url = server.origin;
  const hidden: string[] = [];
  const site: TestSite = {
    url,
    folder,
    target: { kind: 'http', name: 'shop', baseUrl: url, headers: {} },
    hidden,
    requests,
    context: (more = {}) =>
      ({
        targets: [site.target],
        http: createHttpClient(createNetGuard({ allowHosts: [] })),
        files: systemFiles,
        directory: folder,
        signal: new AbortController().signal,
        clock: { wallMs: () => 1_700_000_000_000, monotonicMs: () => 0 },
        log: { debug() {}, info() {}, warn() {} },
        progress: () => undefined,
        secrets: {
          async read(reference, { directory, path }) {
            const resolved = await resolveSecrets(reference, { env, directory, at: path });
            hidden.push(...resolved.secrets);
            return String(resolved.value);
          },
          hide: (values) => hidden.push(...values),
        },
        ...more,
      }) as PlanContext,
    async write(name, text) {
      const path = join(folder, name);
      await writeFile(path, text);
      return path;
    },
    async close() {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return site;
}

export function sendJson(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}
