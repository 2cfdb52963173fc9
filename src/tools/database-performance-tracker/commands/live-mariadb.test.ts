import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Connection, createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installed, type RunningProgram } from '../../../platform/test-support/debian-program.ts';
import { startMariadb } from '../../../platform/test-support/debian-servers.ts';
import { renderSections } from '../../../output/render.ts';
import { createRuntime } from '../../../runtime/runtime.ts';
import { TOOL } from '../rules.ts';
import { standing } from './test-fixture.ts';

const READER = ["CREATE USER 'reader';", "GRANT SELECT, PROCESS, SLAVE MONITOR ON *.* TO 'reader';"];
const signal = new AbortController().signal;

describe.skipIf(!installed('mariadbd'))('the live commands on MariaDB', () => {
  let server: RunningProgram;
  let directory: string;
  let runtime: Awaited<ReturnType<typeof createRuntime>>;
  let holder: Connection;
  let victim: Connection;
  let waiting: Promise<unknown>;

  const connect = (): Promise<Connection> =>
    createConnection({ host: '127.0.0.1', port: server.port, user: 'root', multipleStatements: true });

  beforeAll(async () => {
    server = await startMariadb({ sql: READER.join('\n') });
    holder = await connect();
    victim = await connect();
    await holder.query('CREATE DATABASE shop; CREATE TABLE shop.orders (id int PRIMARY KEY, total int)');
    await holder.query('INSERT INTO shop.orders VALUES (1, 0)');
    await holder.query('BEGIN');
    await holder.query('UPDATE shop.orders SET total = 1 WHERE id = 1');
    waiting = victim.query('UPDATE shop.orders SET total = 2 WHERE id = 1');
    directory = await mkdtemp(join(tmpdir(), 'rearguard-db-'));
    const config = {
      targets: { shop: { database: `mysql://reader@127.0.0.1:${server.port}/shop` } },
      tools: { [TOOL]: { interval: '500ms', blocking: { wait: '100ms' }, transactions: { idle: '100ms' } } },
    };
    await writeFile(join(directory, 'rearguard.config.json'), JSON.stringify(config));
    runtime = await createRuntime({ cwd: directory, env: {}, workerThreads: false });
    await new Promise((resolve) => setTimeout(resolve, 1_500));
  });
  afterAll(async () => {
    await runtime.close();
    await Promise.all([holder.end(), victim.end()]);
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  });

  const run = (command: string, input: Record<string, unknown> = {}) =>
    runtime.run({ tool: TOOL, command, input, signal });

  it('show the chain, find it, and see it end', async () => {
    const { report } = await run('current-state', { look: '1s' });
    expect(report.error).toBeUndefined();
    expect(standing(report)).toContain('blocking-chain high');
    expect(renderSections(report.sections, { width: 80, colors: false })).toMatch(
      /waits .+ for a row of shop\.orders/,
    );

    const incident = await run('incident-mode');
    expect(incident.report.data).toMatchObject({
      databases: [
        {
          chains: [{ depth: 0, victims: 1 }, { depth: 1 }],
          remedy: { statement: expect.stringMatching(/^KILL \d+;$/) as string },
        },
      ],
    });

    await holder.query('ROLLBACK');
    await waiting;
    expect((await run('incident-mode')).report.data).toMatchObject({
      databases: [{ resolved: true, chains: [] }],
    });
    const watched = await run('watch', { for: '2s' });
    expect(watched.report.data).toMatchObject({ databases: [{ state: 'seen', blocked: 0 }] });
    expect(standing(watched.report)).toEqual([]);
  });
});
