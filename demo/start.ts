import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { RearguardError, reasonOf } from '../src/core/errors.ts';
import { postgresPackage } from '../src/platform/postgres/installations.ts';
import { startPostgres } from '../src/platform/postgres/embedded.ts';
import { makeCertificates } from './certificates.ts';
import { type PartProcess, startPart } from './control.ts';
import { prepareDatabase } from './database.ts';
import { FAULT_NAMES, type FaultName, isFaultName } from './faults.ts';
import { type PartnerPorts, type PartnerSettings, PAYMENTS_NAME } from './partners/settings.ts';
import { sizes } from './seed.ts';
import type { ShopAddress, ShopSettings } from './shop/settings.ts';
import type { TrafficSettings } from './traffic/main.ts';
import type { WorkerSettings } from './worker/main.ts';
import type { DemoOptions, RunningDemo } from './types.ts';

const REQUESTS_PER_SECOND = 20;
const DATABASE_SETTINGS = {
  shared_preload_libraries: 'pg_stat_statements',
  track_io_timing: 'on',
  // Room for all that the healthy shop reads, and not for what a fault adds.
  shared_buffers: '64MB',
};
const MONITOR_ROLE = 'rearguard';

/** Starts the demo shop: database, partners, the shop itself and its visitors, each as processes of their own. */
export async function startDemo(options: DemoOptions = {}): Promise<RunningDemo> {
  const databaseUrl = options.databaseUrl ?? process.env['DEMO_DATABASE_URL'];
  requirePackages(databaseUrl ? [] : [postgresPackage()]);
  const cleanups: (() => Promise<unknown>)[] = [];
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopping ??= cleanUp(cleanups));
  try {
    return await startParts({ ...options, ...(databaseUrl ? { databaseUrl } : {}) }, cleanups, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startParts(
  options: DemoOptions,
  cleanups: (() => Promise<unknown>)[],
  stop: () => Promise<void>,
): Promise<RunningDemo> {
  const { scale = 1, quiet = false, traffic = true, onProgress = () => undefined } = options;
  const requestsPerSecond = typeof traffic === 'number' ? traffic : traffic ? REQUESTS_PER_SECOND : 0;
  const directory = await mkdtemp(join(tmpdir(), 'rearguard-demo-'));
  cleanups.push(() => rm(directory, { recursive: true, force: true }));
  const part = <Settings>(name: string): PartProcess<Settings> => {
    const started = startPart<Settings>(name, { quiet });
    cleanups.push(() => started.end());
    return started;
  };

  // They need no database, so they start beside it.
  const { authority, payment, ...certificates } = makeCertificates(Date.now(), PAYMENTS_NAME);
  const partners = part<PartnerSettings>('partners');
  const partnersStart = partners.ask({ kind: 'start', options: { certificates: payment } });
  partnersStart.catch(() => undefined);

  onProgress('database');
  const databaseUrl = options.databaseUrl ?? (await startDatabase(cleanups));
  const monitorUrl = options.databaseUrl ?? (await addMonitor(databaseUrl));
  onProgress('data');
  const { monitorToken } = await prepareDatabase(databaseUrl, scale);

  onProgress('shop');
  const logPath = join(directory, 'shop.log');
  const release = options.release ?? '1.0.0';
  // It needs packages that were only now found to be there.
  const { writePastLog } = await import('./past-log.ts');
  writePastLog(`${logPath}.1`, { nowMs: Date.now(), release, requestsPerSecond });
  const ports = (await partnersStart) as PartnerPorts;
  const shop = part<ShopSettings>('shop');
  const settings: ShopSettings = {
    databaseUrl,
    port: options.port ?? 0,
    tlsPort: 0,
    partners: ports,
    authority,
    release,
    directory,
    logPath,
    certificates,
  };
  const { port, tlsPort } = (await shop.ask({ kind: 'start', options: settings }).catch((error: unknown) => {
    throw new RearguardError('E_UNREACHABLE', { what: 'the demo shop', reason: reasonOf(error) });
  })) as ShopAddress;
  const url = `http://127.0.0.1:${port}`;

  let active: readonly FaultName[] = [];
  const worker = part<WorkerSettings>('worker');
  await worker.ask({ kind: 'start', options: { databaseUrl } });
  const setFaults = async (names: readonly FaultName[]): Promise<void> => {
    refuseUnknown(names);
    await Promise.all([shop, partners, worker].map((each) => each.ask({ kind: 'faults', names })));
    active = [...names];
  };
  await setFaults(options.faults ?? []);

  if (traffic !== false) {
    onProgress('visitors');
    const visitors: TrafficSettings = { shopUrl: url, requestsPerSecond, customers: sizes(scale).users };
    await part<TrafficSettings>('traffic').ask({ kind: 'start', options: visitors });
  }
  return {
    url,
    tlsUrl: `https://localhost:${tlsPort}`,
    openapiUrl: `${url}/openapi.json`,
    databaseUrl,
    logPath,
    caCertificatePath: await writePrivately(join(directory, 'authority.pem'), authority),
    databaseUrlPath: await writePrivately(join(directory, 'database-url'), monitorUrl),
    monitorTokenPath: await writePrivately(join(directory, 'monitor-token'), monitorToken),
    partners: ports,
    setFaults,
    faults: () => active,
    deploy: async (release) => void (await shop.ask({ kind: 'deploy', release })),
    stop,
  };
}

/** A throwaway server; the extension lets tools see which statements cost what. */
async function startDatabase(cleanups: (() => Promise<unknown>)[]): Promise<string> {
  const server = await startPostgres({ settings: DATABASE_SETTINGS });
  cleanups.push(() => server.stop());
  const client = new Client({ connectionString: server.url });
  await client.connect();
  await client.query('create extension pg_stat_statements');
  await client.end();
  return server.url;
}

/**
 * A role that may look at everything and change nothing, as the documentation asks of users; its URL. A user's own
 * database keeps its roles: there the given one has to do.
 */
async function addMonitor(databaseUrl: string): Promise<string> {
  const password = randomBytes(24).toString('base64url');
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(`create role ${MONITOR_ROLE} login password '${password}'`);
  await client.query(`grant pg_monitor, pg_read_all_data to ${MONITOR_ROLE}`);
  await client.end();
  const url = new URL(databaseUrl);
  url.username = MONITOR_ROLE;
  url.password = password;
  return url.href;
}

/** Last started, first stopped; one that fails does not keep the others running. */
async function cleanUp(cleanups: (() => Promise<unknown>)[]): Promise<void> {
  for (const cleanup of cleanups.toReversed()) await cleanup().catch(() => undefined);
}

async function writePrivately(path: string, content: string): Promise<string> {
  await writeFile(path, content, { mode: 0o600 });
  await chmod(path, 0o600);
  return path;
}

/** What whoever only guards a backend does without; named all at once, so that one command adds them. */
function requirePackages(database: readonly string[]): void {
  const { resolve } = createRequire(import.meta.url);
  const missing = ['fastify', 'pino', ...database].filter((name) => {
    try {
      return !resolve(name);
    } catch {
      return true;
    }
  });
  if (missing.length > 0) throw new RearguardError('E_DEMO_PACKAGES', { packages: missing.join(' ') });
}

function refuseUnknown(names: readonly string[]): void {
  const unknown = names.filter((name) => !isFaultName(name));
  if (unknown.length === 0) return;
  throw new RearguardError('E_USAGE', {
    message: `The demo has no fault named ${unknown.join(', ')}.`,
    hint: `It has ${FAULT_NAMES.join(', ')}.`,
  });
}
