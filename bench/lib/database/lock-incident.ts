import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeConfig } from '../daemon-process.ts';
import { type BenchRow, row } from '../bench.ts';
import { runCli } from '../cli.ts';
import { inTemporaryFolder } from '../temporary-folder.ts';
import { until } from '../until.ts';
import {
  openPostgresSite,
  type PostgresClient,
  type PostgresSite,
} from '../../../src/platform/test-support/postgres.ts';

const READERS = 20;
/** Long enough for a chain to be one, by the threshold of the rule. */
const SETTLE_MS = 2_500;
const PATIENCE_MS = 20_000;
const LOCK_SAMPLE_MS = 5;
const LOOKS = 3;

/** What the report says of one session of the chain. */
interface ChainRow {
  pid: number;
  waitsForPid: number | null;
  depth: number;
  waitingMs: number | null;
  amplifier: boolean;
  victims: number;
}

interface IncidentReport {
  data: { databases: readonly { resolved: boolean; chains: readonly ChainRow[] }[] };
}

/** A holder that is idle in its transaction, two updates, an ALTER, and readers that queue behind it. */
interface Scene {
  holder: PostgresClient;
  /** Process ids in the order in which they began to wait. */
  updates: readonly number[];
  alter: number;
  readers: readonly number[];
  over: Promise<unknown>;
}

export async function benchLockIncident(log: (line: string) => void): Promise<BenchRow[]> {
  const site = await openPostgresSite({ max_connections: '60' });
  try {
    return await inTemporaryFolder(async (folder) => {
      // By reference, because it has a password in it.
      await writeFile(join(folder, 'database-url'), site.urlOf('watcher'));
      await writeConfig(folder, { targets: { shop: { database: { $file: 'database-url' } } } });
      // What every run loads is on its way into the cache of the machine.
      await look(folder);
      log('lock incident: an idle holder, two updates, an ALTER and 20 readers');
      const scene = await setScene(site);
      const locks = watchOwnLocks(site);
      const looks: Look[] = [];
      for (let count = 0; count < LOOKS; count += 1) looks.push(await look(folder));
      const sampled = await locks.stop();
      const idleMs = await timeOf(folder, ['--version']);
      await scene.holder.query('rollback');
      await scene.over;
      const second = await look(folder);
      return [
        speed(looks, idleMs),
        ...looks.slice(0, 1).flatMap((first) => judge(scene, first)),
        ...judgeOwnLocks(sampled),
        judgeEnd(second),
      ];
    });
  } finally {
    await site.close();
  }
}

async function setScene(site: PostgresSite): Promise<Scene> {
  await site.owner.query(
    'create table orders as select n as id, 0 as total from generate_series(1, 1000) n; alter table orders owner to app',
  );
  const holder = await site.connect('shop-worker');
  await holder.query('begin');
  await holder.query('update orders set total = 1 where id = 1');
  const waiting: Promise<unknown>[] = [];
  const start = async (application: string, sql: string): Promise<number> => {
    const client = await site.connect(application);
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    const pid = rows[0]?.pid ?? 0;
    waiting.push(client.query(sql));
    await until(
      () => isWaiting(site, pid),
      PATIENCE_MS,
      () => `${application} does not wait`,
    );
    return pid;
  };
  const updates = [
    await start('shop-web', 'update orders set total = 2 where id = 1'),
    await start('shop-web', 'update orders set total = 3 where id = 1'),
  ];
  const alter = await start('migrate', 'alter table orders add column note text');
  const readers: number[] = [];
  for (let reader = 0; reader < READERS; reader += 1) {
    readers.push(await start('shop-web', 'select count(*) from orders'));
  }
  await sleep(SETTLE_MS);
  return { holder, updates, alter, readers, over: Promise.all(waiting) };
}

async function isWaiting({ owner }: PostgresSite, pid: number): Promise<boolean> {
  const { rows } = await owner.query('select 1 from pg_locks where pid = $1 and not granted', [pid]);
  return rows.length > 0;
}

interface Look {
  ms: number;
  report: IncidentReport;
}

async function look(folder: string): Promise<Look> {
  const startedAtMs = performance.now();
  const { stdout } = await runCli(['db', 'incident-mode', '--json'], folder);
  const ms = performance.now() - startedAtMs;
  return { ms, report: JSON.parse(stdout) as IncidentReport };
}

async function timeOf(folder: string, argv: readonly string[]): Promise<number> {
  const startedAtMs = performance.now();
  await runCli(argv, folder);
  return performance.now() - startedAtMs;
}

/** Beside what this machine needs just to start the program: a loaded one says little about the command. */
function speed(looks: readonly Look[], startMs: number): BenchRow {
  const times = looks.map(({ ms }) => ms).toSorted((a, b) => a - b);
  return row({
    name: 'incident-mode: from start to the report',
    value: Math.round(times[Math.floor(times.length / 2)] ?? 0),
    unit: 'ms',
    goal: { op: '<=', value: 2_000 },
    peer: { name: 'rearguard --version', value: Math.round(startMs) },
    samples: times.length,
    note: 'median; the program is started anew for each',
  });
}

function judge(scene: Scene, { report }: Look): BenchRow[] {
  const chains = report.data.databases[0]?.chains ?? [];
  const [root] = chains;
  const victims = chains.filter(({ depth }) => depth > 0);
  const expected = [...scene.updates, scene.alter, ...scene.readers];
  const amplifiers = chains.filter(({ amplifier }) => amplifier).map(({ pid }) => pid);
  return [
    row({
      name: 'incident-mode: the root is the idle holder',
      value: root?.pid === pidOf(scene.holder) && root.victims === expected.length ? 1 : 0,
      unit: 'of 1',
      goal: { op: '=', value: 1 },
    }),
    row({
      name: 'incident-mode: victims found',
      value: victims.filter(({ pid }) => expected.includes(pid)).length,
      unit: `of ${expected.length}`,
      goal: { op: '=', value: expected.length },
      samples: expected.length,
    }),
    row({
      name: 'incident-mode: victims out of order',
      value: outOfOrder(chains),
      unit: 'sessions',
      goal: { op: '=', value: 0 },
      note: 'below one session, whoever has waited longest comes first',
    }),
    row({
      name: 'incident-mode: the ALTER is the only amplifier',
      value: amplifiers.length === 1 && amplifiers[0] === scene.alter ? 1 : 0,
      unit: 'of 1',
      goal: { op: '=', value: 1 },
    }),
    row({
      name: 'incident-mode: backward edges',
      value: chains.filter((edge) => isBackward(scene, edge)).length,
      unit: 'edges',
      goal: { op: '=', value: 0 },
      note: 'the ALTER waiting for a reader, or anybody for one that came later',
    }),
  ];
}

/** The driver knows it; its types do not. */
function pidOf(client: PostgresClient): number {
  return (client as PostgresClient & { processID: number }).processID;
}

function outOfOrder(chains: readonly ChainRow[]): number {
  return chains.filter((session, index) => {
    const next = chains
      .slice(index + 1)
      .find(({ waitsForPid, depth }) => depth === session.depth && waitsForPid === session.waitsForPid);
    return next !== undefined && (next.waitingMs ?? 0) > (session.waitingMs ?? 0);
  }).length;
}

function isBackward({ holder, updates, alter, readers }: Scene, { pid, waitsForPid }: ChainRow): boolean {
  const order = [pidOf(holder), ...updates, alter, ...readers];
  return waitsForPid !== null && order.indexOf(waitsForPid) >= order.indexOf(pid);
}

interface OwnLocks {
  /** The longest that one of our sessions was seen with a lock in one transaction, in milliseconds. */
  longestMs: number;
  /** Our sessions that were seen waiting for a lock. */
  waits: number;
  samples: number;
  /** Samples in which we had a lock at all: proof that the sampler sees them. */
  seen: number;
}

/** Looks at the locks of our sessions from beside, as fast as the server answers. */
function watchOwnLocks({ owner }: PostgresSite): { stop(): Promise<OwnLocks> } {
  const stop = new AbortController();
  const locks: OwnLocks = { longestMs: 0, waits: 0, samples: 0, seen: 0 };
  const work = (async () => {
    while (!stop.signal.aborted) {
      const { rows } = await owner.query<{ held_ms: number; waits: boolean }>(`
        select extract(epoch from clock_timestamp() - a.xact_start)::float8 * 1000 as held_ms,
               bool_or(not l.granted) as waits
        from pg_stat_activity a join pg_locks l on l.pid = a.pid
        where a.application_name = 'rearguard' and l.locktype <> 'virtualxid' and a.xact_start is not null
        group by a.pid, a.xact_start`);
      locks.samples += 1;
      for (const { held_ms, waits } of rows) {
        locks.seen += 1;
        locks.longestMs = Math.max(locks.longestMs, held_ms);
        if (waits) locks.waits += 1;
      }
      await sleep(LOCK_SAMPLE_MS);
    }
  })();
  return {
    async stop() {
      stop.abort();
      await work;
      return locks;
    },
  };
}

function judgeOwnLocks({ longestMs, waits, samples, seen }: OwnLocks): BenchRow[] {
  return [
    row({
      name: 'incident-mode: longest that we held a lock',
      value: Number(longestMs.toFixed(1)),
      unit: 'ms',
      goal: { op: '<=', value: 100 },
      samples,
      note: `our transactions were seen with a lock ${seen} times`,
    }),
    row({
      name: 'incident-mode: times that we waited for a lock',
      value: waits,
      unit: 'waits',
      goal: { op: '=', value: 0 },
      samples,
    }),
  ];
}

function judgeEnd({ report }: Look): BenchRow {
  const [database] = report.data.databases;
  return row({
    name: 'incident-mode: a second look says that it is over',
    value: database?.resolved === true && database.chains.length === 0 ? 1 : 0,
    unit: 'of 1',
    goal: { op: '=', value: 1 },
  });
}
