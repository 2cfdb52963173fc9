import { networkInterfaces } from 'node:os';
import { RearguardError } from '../../../src/core/errors.ts';
import type { LoadPlan } from '../../../src/core/load/plan.ts';
import { type AddressResolver, resolveAddress } from '../../../src/platform/dns/resolve-address.ts';
import type { DnsServer } from '../../../src/platform/dns/query.ts';
import { type LocalDnsServer, serveDns } from '../../../src/platform/test-support/dns-server.ts';
import { type BenchRow, notRun, row } from '../bench.ts';
import { stepFixture } from '../../../src/core/load/plan-fixture.ts';
import { benchGenerator, benchPlan, finishRun, type LoadResult } from './load-run.ts';
import { startStageServer, type StageServer } from './stage-server.ts';

const REQUESTS = 2_000;

/** What can be reached of this machine and is not loopback: nothing that a config allows, and yet nobody else's. */
function ownAddress(): string | undefined {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ internal, family }) => !internal && family === 'IPv4')?.address;
}

interface Scene {
  /** Listens on loopback, where load may go. */
  allowed: StageServer;
  /** Listens where it may not. */
  forbidden: StageServer;
  address: string;
}

/** Whether anything of a load ever arrives at a forbidden address. */
export async function forbiddenAddressRows(log: (line: string) => void): Promise<BenchRow[]> {
  const address = ownAddress();
  if (address === undefined) {
    const note = 'this machine has no address beside loopback';
    return [notRun('arrived at a forbidden address', '', note, { op: '=', value: 0 })];
  }
  const allowed = await startStageServer();
  const forbidden = await startStageServer(address);
  const scene = { allowed, forbidden, address };
  try {
    const rows: BenchRow[] = [];
    for (const [name, attempt] of Object.entries(ATTEMPTS)) {
      log(name);
      rows.push(await judge(name, attempt, scene));
    }
    return rows;
  } finally {
    await allowed.stop();
    await forbidden.stop();
  }
}

type Attempt = (scene: Scene) => Promise<string>;

/** Each tries to lead load astray, and says what came of it. */
const ATTEMPTS: Readonly<Record<string, Attempt>> = {
  'the address itself': ({ forbidden }) => refusal(benchPlan(forbidden.url, rounds())),

  'a redirect to it': async ({ allowed, forbidden }) => {
    allowed.tell({ kind: 'answer', status: 302, location: `${forbidden.url}/` });
    const { total } = await finished(planWithRedirects(allowed.url));
    allowed.tell({ kind: 'answer', status: 200 });
    return `${total.endpoints[0]?.failed['redirect-refused'] ?? 0} of ${REQUESTS} redirects refused`;
  },

  'a name with two addresses, one of them it': ({ allowed, address }) =>
    withNames(
      () => ['127.0.0.1', address],
      (resolver) => refusal(benchPlan(namedLike(allowed), rounds()), resolver),
    ),

  'a redirect to an alias of it': ({ allowed, forbidden, address }) =>
    withNames(
      (name) => [name.startsWith('alias') ? address : '127.0.0.1'],
      async (resolver) => {
        const location = `http://alias.test:${new URL(forbidden.url).port}/`;
        allowed.tell({ kind: 'answer', status: 307, location });
        const { total } = await finished(planWithRedirects(namedLike(allowed)), resolver);
        allowed.tell({ kind: 'answer', status: 200 });
        return `${total.endpoints[0]?.failed['redirect-refused'] ?? 0} of ${REQUESTS} redirects refused`;
      },
    ),

  'a name that is bound to it once the run has begun': ({ allowed, address }) => {
    let questions = 0;
    return withNames(
      () => [(questions += 1) === 1 ? '127.0.0.1' : address],
      async (resolver, dns) => {
        // A connection for each request: every one of them would be a look-up for who makes any.
        const plan = benchPlan(namedLike(allowed), rounds(), { limits: { keepAlive: false } });
        const { figures, total } = await finished(plan, resolver);
        const asked = dns.questions.filter((question) => question.startsWith('A ')).length;
        return `${figures.succeeded} requests over ${total.opened} connections after ${asked} look-up`;
      },
    );
  },
};

async function judge(name: string, attempt: Attempt, scene: Scene): Promise<BenchRow> {
  const outcome = await attempt(scene);
  const { connections } = await scene.forbidden.account();
  return row({
    name: `arrived at a forbidden address: ${name}`,
    value: connections,
    unit: '',
    goal: { op: '=', value: 0 },
    note: outcome,
  });
}

function rounds(): LoadPlan['model'] {
  return { kind: 'iterations', users: 20, iterations: REQUESTS, perUser: false, maxDurationMs: 60_000 };
}

function planWithRedirects(url: string): LoadPlan {
  const steps = [stepFixture('/', { maxRedirects: 5 })];
  return benchPlan(url, rounds(), { scenarios: [{ name: 'visit', weight: 1, begin: [], steps }] });
}

/** The allowed server by a name instead of its address. */
function namedLike({ url }: StageServer): string {
  return `http://shop.test:${new URL(url).port}`;
}

async function finished(plan: LoadPlan, resolver?: AddressResolver): Promise<LoadResult> {
  const generator = benchGenerator(resolver === undefined ? {} : { resolver });
  return finishRun(await generator.start(plan, { signal: new AbortController().signal, confirmed: [] }));
}

async function refusal(plan: LoadPlan, resolver?: AddressResolver): Promise<string> {
  try {
    await finished(plan, resolver);
    return 'it was not refused';
  } catch (error) {
    if (error instanceof RearguardError) return `refused: ${error.code}`;
    throw error;
  }
}

/** A name server that answers as the attempt says, and nothing else to ask. */
async function withNames<T>(
  addressesOf: (name: string) => readonly string[],
  work: (resolver: AddressResolver, dns: LocalDnsServer) => Promise<T>,
): Promise<T> {
  const dns = await serveDns((name, type) => ({
    records: type === 'A' ? addressesOf(name).map((data) => ({ type: 'A', name, ttl: 0, data })) : [],
  }));
  try {
    return await work(resolverAt(dns.server), dns);
  } finally {
    await dns.close();
  }
}

function resolverAt(server: DnsServer): AddressResolver {
  const settings = { servers: [server], search: [], ndots: 1, timeoutMs: 5_000, attempts: 2 };
  return (host, request) => resolveAddress(host, { ...request, settings, hosts: new Map() });
}
