import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { workerEntry } from '../../../src/platform/worker-entry.ts';
import { type BenchRow, type Goal, row } from '../bench.ts';
import type { ClientCost, CostTask } from './cost-client.ts';

/** One client, run once for as long as the benchmark says. */
export type Client = () => Promise<ClientCost>;

/** Ours, in a process of its own. */
export async function ourCost(task: CostTask): Promise<ClientCost> {
  const child = fork(fileURLToPath(workerEntry(import.meta.url, './cost-client')), []);
  child.send(task);
  const [cost] = (await once(child, 'message')) as [ClientCost];
  return cost;
}

export async function wrkCost(url: string, connections: number, durationMs: number): Promise<ClientCost> {
  const args = ['-t1', `-c${connections}`, `-d${durationMs / 1_000}s`, url];
  const { stdout, cpuUs } = await timed('wrk', args);
  const requests = Number(/(\d+) requests in/.exec(stdout)?.[1]);
  return { requests, failed: Number(/Non-2xx or 3xx responses: (\d+)/.exec(stdout)?.[1] ?? 0), cpuUs };
}

export async function heyCost(url: string, connections: number, durationMs: number): Promise<ClientCost> {
  const args = ['-z', `${durationMs}ms`, '-c', String(connections), url];
  const { stdout, cpuUs } = await timed('hey', args);
  const statuses = [...stdout.matchAll(/^\s+\[(\d+)\]\s+(\d+) responses$/gm)];
  const requests = statuses.reduce((sum, [, , count]) => sum + Number(count), 0);
  const succeeded = Number(statuses.find(([, status]) => status === '200')?.[2] ?? 0);
  return { requests, failed: requests - succeeded, cpuUs };
}

/** As ours: its processor time is taken in its process, after a warm-up. */
const AUTOCANNON = `
const [script, url, connections, warmUp, duration] = process.argv.slice(1);
let warm = null;
let requests = 0;
const options = { url, connections: Number(connections), duration: Number(warmUp) + Number(duration) };
const run = require(script)(options, (error, result) => {
  const { user, system } = process.cpuUsage(warm.usage);
  const failed = result.non2xx + result.errors;
  console.log(JSON.stringify({ requests: requests - warm.requests, failed, cpuUs: user + system }));
});
const startMs = performance.now();
run.on('response', () => {
  requests += 1;
  if (warm === null && performance.now() - startMs >= Number(warmUp) * 1000) {
    warm = { requests, usage: process.cpuUsage() };
  }
});`;

export async function autocannonCost(
  script: string,
  url: string,
  { connections, warmUpMs, durationMs }: Pick<CostTask, 'connections' | 'warmUpMs' | 'durationMs'>,
): Promise<ClientCost> {
  const seconds = [warmUpMs, durationMs].map((ms) => String(Math.ceil(ms / 1_000)));
  const args = ['-e', AUTOCANNON, script, url, String(connections), ...seconds];
  return JSON.parse(await output(process.execPath, args)) as ClientCost;
}

/** With its processor time, user and system, as the shell's `time` says it (getrusage of the child). */
export async function timed(
  program: string,
  args: readonly string[],
): Promise<{ stdout: string; cpuUs: number }> {
  const script = 'TIMEFORMAT="cpu %3U %3S"; time "$@" 2>/dev/null';
  const text = await output('bash', ['-c', `{ ${script}; } 2>&1`, 'bash', program, ...args]);
  const [, user, system] = /cpu ([\d.]+) ([\d.]+)\s*$/.exec(text) ?? [];
  return { stdout: text, cpuUs: (Number(user) + Number(system)) * 1e6 };
}

function output(program: string, args: readonly string[]): Promise<string> {
  const environment = { ...process.env, LC_ALL: 'C' };
  return new Promise((resolve, reject) => {
    execFile(program, args, { env: environment, maxBuffer: 16_000_000 }, (error, stdout) => {
      if (error === null) resolve(stdout);
      else reject(error);
    });
  });
}

export interface Compared {
  name: string;
  client: Client;
}

/**
 * Costs of a request, all clients in turn, round after round, each round in the other order: a busy machine is then busy for all of
 * them. Ratios are the median of those of one round.
 */
export async function compareCosts(
  peers: readonly Compared[],
  rounds: number,
  log: (line: string) => void,
): Promise<Map<string, RoundCosts>> {
  const costs = new Map<string, RoundCosts>(
    peers.map(({ name }) => [name, { perRequestUs: [], requests: 0, failed: 0 }]),
  );
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? peers : peers.toReversed();
    for (const { name, client } of order) {
      const { requests, failed, cpuUs } = await client();
      const known = costs.get(name);
      known?.perRequestUs.push(cpuUs / requests);
      if (known !== undefined) {
        known.requests += requests;
        known.failed += failed;
      }
      log(`round ${round + 1}: ${name} ${(cpuUs / requests).toFixed(2)} us a request, ${requests} requests`);
    }
  }
  return costs;
}

export interface RoundCosts {
  /** One for each round. */
  perRequestUs: number[];
  requests: number;
  failed: number;
}

/** What is in the costs: our code and autocannon's is compiled in a warm-up, wrk's and hey's before. */
export const WARM_UP_NOTE =
  'the warm-up of Rearguard and of autocannon is left out, wrk and hey are measured as whole processes';

/** `of` beside `to`: the median of the rounds' ratios. `more` is added to the row's note. */
export function ratioRow(
  costs: ReadonlyMap<string, RoundCosts>,
  [of, to]: readonly [of: string, to: string],
  { goal, more }: { goal?: Goal; more?: string } = {},
): BenchRow {
  const ours = costs.get(of);
  const theirs = costs.get(to);
  const ratios = (ours?.perRequestUs ?? []).map(
    (us, round) => us / (theirs?.perRequestUs[round] ?? Number.NaN),
  );
  const own = median(ours?.perRequestUs ?? []).toFixed(1);
  const peer = median(theirs?.perRequestUs ?? []).toFixed(1);
  const failed = (ours?.failed ?? 0) + (theirs?.failed ?? 0);
  const rounds = ratios.map((ratio) => ratio.toFixed(2)).join(' ');
  return row({
    name: `processor time of a request: ${of} beside ${to}`,
    value: ratios.length === 0 ? null : Number(median(ratios).toFixed(2)),
    unit: 'ratio',
    samples: Math.min(ours?.requests ?? 0, theirs?.requests ?? 0),
    note: [
      `${own} us beside ${peer} us`,
      `rounds ${rounds}`,
      ...(failed > 0 ? [`${failed} failed`] : []),
      ...(more === undefined ? [] : [more]),
    ].join('; '),
    ...(goal === undefined ? {} : { goal }),
  });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}
