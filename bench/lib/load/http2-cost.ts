import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { installed } from '../../../src/platform/test-support/debian-program.ts';
import { startNginx } from '../../../src/platform/test-support/debian-servers.ts';
import { createLocalAuthority } from '../../../src/platform/test-support/local-ca.ts';
import { workerEntry } from '../../../src/platform/worker-entry.ts';
import { type BenchOptions, type BenchRow, type Goal, notRun } from '../bench.ts';
import { compareCosts, ratioRow, timed } from './client-costs.ts';
import type { ClientCost } from './cost-client.ts';
import type { Http2Task } from './http2-client.ts';

const CONNECTIONS = 5;
const STREAMS = 10;
const PEER_GOAL: Goal = { op: '<=', value: 1.15 };
const NODE_GOAL: Goal = { op: '<=', value: 0.35 };

const OURS = 'Rearguard, HTTP/2';
const BARE = 'Rearguard’s HTTP/2 connections alone';
const PEER = 'h2load';
const NODE = 'node:http2';

/** What a request over HTTP/2 and TLS costs: 5 connections of 10 streams each, to nginx with one worker. */
export async function http2CostRows({ quick, log }: BenchOptions): Promise<BenchRow[]> {
  if (!installed('nginx') || !installed('h2load')) {
    return [
      notRun(
        `processor time of a request: ${OURS} beside ${PEER}`,
        'ratio',
        'nginx or h2load is missing',
        PEER_GOAL,
      ),
    ];
  }
  const authority = await createLocalAuthority();
  const identity = await authority.issue({ names: ['localhost'] });
  const nginx = await startNginx({
    files: { 'cert.pem': identity.certPem, 'key.pem': identity.keyPem },
    http: ({ port, directory }) => `
      keepalive_requests 1000000000;
      server {
        listen 127.0.0.1:${port} ssl http2;
        ssl_certificate ${directory}/cert.pem; ssl_certificate_key ${directory}/key.pem;
        default_type application/json;
        location / { return 200 '{"id":42,"name":"Garden chair","price":4990,"stock":12,"tags":["garden","chair"],"ok":1}'; }
      }`,
  });
  try {
    const url = `https://localhost:${nginx.port}`;
    const durationMs = quick ? 2_000 : 6_000;
    const task = { url, ca: authority.certPem, connections: CONNECTIONS, streams: STREAMS, durationMs };
    const costs = await compareCosts(
      [
        { name: PEER, client: () => h2loadCost(`${url}/`, durationMs) },
        { name: OURS, client: () => costOf({ ...task, client: 'product' }) },
        { name: BARE, client: () => costOf({ ...task, client: 'connections' }) },
        { name: NODE, client: () => costOf({ ...task, client: 'node' }) },
      ],
      quick ? 3 : 5,
      log,
    );
    return [
      ratioRow(costs, [OURS, PEER], { goal: PEER_GOAL }),
      ratioRow(costs, [OURS, NODE], { goal: NODE_GOAL }),
      ratioRow(costs, [BARE, PEER]),
    ];
  } finally {
    await nginx.stop();
  }
}

async function costOf(task: Http2Task): Promise<ClientCost> {
  const child = fork(fileURLToPath(workerEntry(import.meta.url, './http2-client')), []);
  child.send(task);
  const [cost] = (await once(child, 'message')) as [ClientCost];
  return cost;
}

/** `finished in 3.00s, ...` and `requests: 240000 total, ..., 240000 succeeded, 0 failed, ...`. */
async function h2loadCost(url: string, durationMs: number): Promise<ClientCost> {
  const load = [`-c${CONNECTIONS}`, `-m${STREAMS}`, '-t1', `-D${durationMs / 1_000}`];
  const { stdout, cpuUs } = await timed(PEER, [...load, url]);
  const [, requests, succeeded] = /^requests: (\d+) total,.* (\d+) succeeded/m.exec(stdout) ?? [];
  return { requests: Number(succeeded), failed: Number(requests) - Number(succeeded), cpuUs };
}
