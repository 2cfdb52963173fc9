import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { LoadModel, LoadPlan, ThinkTime } from '../../../src/core/load/plan.ts';
import { stepFixture } from '../../../src/core/load/plan-fixture.ts';
import { type RunningProgram } from '../../../src/platform/test-support/debian-program.ts';
import { startNginx } from '../../../src/platform/test-support/debian-servers.ts';
import { workerEntry } from '../../../src/platform/worker-entry.ts';
import type { EngineMeasure, EngineTrial } from './engine-subject.ts';
import { benchPlan } from './load-run.ts';

/** Runs one worker in a process of its own. Rejects when it ends without a measure. */
export async function measureEngine(trial: EngineTrial): Promise<EngineMeasure> {
  const child = fork(
    fileURLToPath(workerEntry(import.meta.url, './engine-subject')),
    [JSON.stringify(trial)],
    {
      execArgv: trial.readMemoryEvery === undefined ? [] : ['--expose-gc'],
    },
  );
  const ended = once(child, 'exit').then(() => null);
  const measured = once(child, 'message').then(([message]) => message as EngineMeasure);
  const measure = await Promise.race([measured, ended.then(() => null)]);
  await ended;
  if (measure === null) throw new Error('a worker of the benchmark ended without a measure');
  return measure;
}

/** nginx with one process that answers everything with the same 87 bytes of JSON. */
export function startFixedServer(connections = 512): Promise<RunningProgram> {
  const body = '{"id":1,"name":"a product of the shop","price":12.50,"stock":42,"tags":["new","red"]}  ';
  return startNginx({
    connections,
    http: ({ port }) =>
      `keepalive_requests 1000000000; keepalive_timeout 600s;
       server { listen 127.0.0.1:${port} backlog=8192; location / { default_type application/json; return 200 '${body}'; } }`,
  });
}

export function planFor(
  port: number,
  model: LoadModel,
  { connections, think = null }: { connections: number; think?: ThinkTime | null },
): LoadPlan {
  return benchPlan(`http://127.0.0.1:${port}`, model, {
    scenarios: [{ name: 'fixed', weight: 1, begin: [], steps: [stepFixture('/', { think })] }],
    limits: {
      maxConnections: connections,
      maxQueued: 100_000,
      connectTimeoutMs: 30_000,
      drainMs: 5_000,
      maxDurationMs: 3_600_000,
      honourRetryAfter: false,
    },
  });
}
