import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BenchOptions, type BenchRow, row } from '../bench.ts';
import { startAgent } from './mcp-agent.ts';

const LOAD_S = { quick: 60, full: 90 };
/** Of load before it is told to stop. */
const BEFORE_CANCEL_MS = 6_000;
const AFTER_CANCEL_MS = 5_000;

/**
 * A load test over MCP that lasts longer than clients wait: when the answer comes, how often it says how far it is, whether its report is there after client and server were
 * started anew, and how long load goes on after it was cancelled.
 */
export async function longRunRows({ quick, log }: BenchOptions): Promise<BenchRow[]> {
  const root = await mkdtemp(join(tmpdir(), 'rearguard-long-run-'));
  let lastRequestMs = 0;
  const server = createServer((_, response) => {
    lastRequestMs = performance.now();
    response.end('{}');
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const seconds = quick ? LOAD_S.quick : LOAD_S.full;
  const load = (durationS: number): Record<string, unknown> => ({
    command: 'run',
    options: { concurrent: 2, duration: `${durationS}s` },
  });
  try {
    const endpoints = { 'api-health-monitor': { endpoints: ['/ok'] } };
    await writeFile(
      join(root, 'rearguard.config.json'),
      JSON.stringify({ targets: { api: { baseUrl } }, tools: endpoints }),
    );
    log(`a load test of ${seconds} s`);
    const first = await startAgent(root);
    const startedMs = performance.now();
    const told: number[] = [startedMs];
    const begun = await first.call('load-tester', load(seconds), () => told.push(performance.now()));
    const answeredS = (performance.now() - startedMs) / 1_000;
    told.push(performance.now());
    const runId = String(begun.structured['runId']);
    await first.close();
    const second = await startAgent(root);
    const ended = await second.finish('run_status', { runId });

    log('a load test that is cancelled');
    const other = second.call('load-tester', load(300));
    await sleep(BEFORE_CANCEL_MS);
    const [running] = await runningIds(second);
    const askedMs = performance.now();
    await second.call('run', { action: 'cancel', runId: running });
    await sleep(AFTER_CANCEL_MS);
    const wentOnS = Math.max(0, lastRequestMs - askedMs) / 1_000;
    await other;
    await second.close();
    return [
      row({
        name: 'answer with a run id',
        value: Number(answeredS.toFixed(1)),
        unit: 's',
        goal: { op: '<=', value: 45 },
        note: `state ${String(begun.structured['state'])}`,
      }),
      row({
        name: 'longest silence while it was asked to say how far it is',
        value: Number(longestGapS(told).toFixed(1)),
        unit: 's',
        goal: { op: '<=', value: 10 },
        samples: told.length - 2,
      }),
      row({
        name: 'report after client and server began anew',
        value: ended.structured['state'] === 'completed' ? 1 : 0,
        unit: 'found',
        goal: { op: '=', value: 1 },
        note: ended.text.split('\n')[0] ?? '',
      }),
      row({
        name: 'load after it was cancelled',
        value: Number(wentOnS.toFixed(2)),
        unit: 's',
        goal: { op: '<=', value: 1 },
      }),
    ];
  } finally {
    server.closeAllConnections();
    server.close();
    await rm(root, { recursive: true, force: true });
  }
}

async function runningIds(agent: Awaited<ReturnType<typeof startAgent>>): Promise<string[]> {
  const { text } = await agent.call('overview');
  return [...text.matchAll(/\b\d{8}T\d{6}-[0-9a-f]{8}\b/g)].map(([id]) => id);
}

function longestGapS(times: readonly number[]): number {
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? time));
  return Math.max(0, ...gaps) / 1_000;
}
