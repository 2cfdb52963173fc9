import { execFile, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Objective } from '../../../src/core/slo.ts';
import { closedPort } from '../../../src/platform/test-support/servers.ts';
import { installed } from '../../../src/platform/test-support/debian-program.ts';
import { until } from '../until.ts';
import type { Probe } from './month.ts';

const run = promisify(execFile);

export function missingPrometheus(): string[] {
  return ['prometheus', 'promtool'].filter((program) => !installed(program));
}

export interface PrometheusBurn {
  atMs: number;
  windowMs: number;
  rate: number;
}

/** Loads the probes as a series into a Prometheus of its own, and asks it for the burn rates of every window at every time. */
export async function burnByPrometheus(
  folder: string,
  probes: readonly Probe[],
  question: { objective: Objective; windowsMs: readonly number[]; times: readonly number[] },
): Promise<PrometheusBurn[]> {
  const dataPath = join(folder, 'prometheus');
  const textPath = join(folder, 'probes.om');
  const lines = probes.map(({ atMs, ok }) => `probe_success ${ok ? 1 : 0} ${atMs / 1_000}`);
  await writeFile(textPath, ['# TYPE probe_success gauge', ...lines, '# EOF', ''].join('\n'));
  await run('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', '--quiet', textPath, dataPath]);
  const configPath = join(folder, 'prometheus.yml');
  await writeFile(configPath, '{}');
  const port = await closedPort();
  const server = spawn(
    'prometheus',
    [
      `--config.file=${configPath}`,
      `--storage.tsdb.path=${dataPath}`,
      '--storage.tsdb.retention.time=10y',
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: 'ignore' },
  );
  const base = `http://127.0.0.1:${port}`;
  try {
    await until(
      () =>
        fetch(`${base}/-/ready`).then(
          ({ ok }) => ok,
          () => false,
        ),
      30_000,
      () => 'Prometheus did not start',
    );
    const burns: PrometheusBurn[] = [];
    for (const windowMs of question.windowsMs) {
      const range = `probe_success[${windowMs / 1_000}s]`;
      const query = `(1 - sum_over_time(${range}) / count_over_time(${range})) / ${1 - question.objective.target}`;
      for (const atMs of question.times) {
        const rate = await ask(base, query, atMs);
        if (rate !== null) burns.push({ atMs, windowMs, rate });
      }
    }
    return burns;
  } finally {
    server.kill('SIGKILL');
  }
}

async function ask(base: string, query: string, atMs: number): Promise<number | null> {
  const parameters = new URLSearchParams({ query, time: String(atMs / 1_000) });
  const response = await fetch(`${base}/api/v1/query?${parameters.toString()}`);
  const answer = (await response.json()) as { data: { result: { value: [number, string] }[] } };
  const value = answer.data.result[0]?.value[1];
  return value === undefined ? null : Number(value);
}
