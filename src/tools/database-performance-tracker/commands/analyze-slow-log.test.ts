import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Connection, createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../../core/report.ts';
import { renderSections } from '../../../output/render.ts';
import { installed, type RunningProgram } from '../../../platform/test-support/debian-program.ts';
import { startMariadb } from '../../../platform/test-support/debian-servers.ts';
import { createRuntime } from '../../../runtime/runtime.ts';

const READER = ["CREATE USER 'reader';", "GRANT SELECT, PROCESS, SLAVE MONITOR ON *.* TO 'reader';"];
const signal = new AbortController().signal;

describe.skipIf(!installed('mariadbd'))('analyze with a slow query log', () => {
  let server: RunningProgram;
  let owner: Connection;
  let directory: string;
  let runtime: Awaited<ReturnType<typeof createRuntime>>;

  beforeAll(async () => {
    // As it is after an installation, performance_schema is off.
    server = await startMariadb({
      args: ['--slow-query-log=ON', '--long-query-time=0.1', '--slow-query-log-file=slow.log'],
      sql: READER.join('\n'),
    });
    owner = await createConnection({ host: '127.0.0.1', port: server.port, user: 'root' });
    await owner.query('CREATE DATABASE shop');
    await owner.query('USE shop');
    await owner.query('CREATE TABLE part (id int PRIMARY KEY, v int)');
    await owner.query('INSERT INTO part SELECT seq, seq % 7 FROM seq_1_to_3000');
    directory = await mkdtemp(join(tmpdir(), 'rearguard-slow-log-'));
    const database = `mysql://reader@127.0.0.1:${server.port}/shop`;
    const config = {
      targets: {
        shop: { database, logs: [join(server.directory, 'data', 'slow.log')] },
        mistaken: { database, logs: [join(server.directory, 'start.sql')] },
        without: { database },
      },
    };
    await writeFile(join(directory, 'rearguard.config.json'), JSON.stringify(config));
    runtime = await createRuntime({ cwd: directory, env: {}, workerThreads: false });
  });
  afterAll(async () => {
    await runtime.close();
    await owner.end();
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  });

  const run = async (input: Record<string, unknown>): Promise<Report> =>
    (
      await runtime.run({
        tool: 'database-performance-tracker',
        command: 'analyze',
        input: { duration: '1s', ...input },
        signal,
      })
    ).report;
  const slow = ({ findings }: Report) => findings.filter(({ rule }) => rule.endsWith('/slow-statement'));

  it('finds what it says is slow, with p95 and rows examined, and not what was logged once', async () => {
    for (let turn = 0; turn < 4; turn += 1) {
      await owner.query(`SELECT COUNT(*), SLEEP(0.2) FROM part WHERE v = ${turn}`);
      await owner.query(`SELECT v FROM part WHERE id = ${turn}`);
    }
    await owner.query('SELECT SLEEP(0.3), id FROM part WHERE id = 9');
    const report = await run({ target: 'shop' });
    expect(report.error).toBeUndefined();
    const [found, ...others] = slow(report);
    expect(others).toEqual([]);
    expect(found?.title).toContain('when it is logged as slow');
    const evidence = new Map(found?.evidence.map(({ label, value }) => [label, value]));
    expect(evidence.get('calls')).toBe(4);
    expect(evidence.get('rows examined a call')).toBe(3_000);
    expect(evidence.get('p95')).toBeGreaterThanOrEqual(200);
    expect(evidence.get('counted from')).toBe('the slow query log');
    const text = renderSections(report.sections, { width: 80, colors: false });
    expect(text).toContain('Slow query log');

    // What was slow before a fix says nothing of now, and its absence is no proof.
    const later = await run({ target: 'shop', ...found?.verify.check.input, duration: '2s' });
    const judged = later.coverage.checked.map(({ subject }) => subject.name);
    expect(judged).not.toContain(found?.subject.name);
  });

  it('says loudly that a file is no slow query log, and keeps what else it lacks', async () => {
    const mistaken = await run({ target: 'mistaken' });
    const reasons = mistaken.coverage.notChecked.map(({ reason }) => reason).join('\n');
    expect(reasons).toContain('none of its lines looks like a slow query log');
    expect(slow(mistaken)).toEqual([]);
    const without = await run({ target: 'without' });
    const hints = without.coverage.notChecked.map(({ hint }) => hint ?? '').join('\n');
    expect(hints).toContain('performance_schema=ON');
  });
});
