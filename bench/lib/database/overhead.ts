import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { startPostgres } from '../../../src/platform/postgres/embedded.ts';
import { createSqlConnector } from '../../../src/platform/sql/postgres.ts';
import type { SqlSession } from '../../../src/platform/sql/types.ts';
import { readTopic } from '../../../src/tools/_shared/database/postgres/read-snapshot.ts';
import { readServer } from '../../../src/tools/_shared/database/postgres/server.ts';
import { createStatementsReader } from '../../../src/tools/_shared/database/postgres/statements.ts';
import { type BenchRow, row } from '../bench.ts';
import { runDistinctStatements } from './many-statements.ts';

const STATEMENTS = 5_000;
/** Of these so many are called all the time. */
const BUSY = 100;
const RUN_MS = { quick: 15_000, full: 180_000 };
const TEN_SECONDS = 10_000;

/** What it costs a server to be looked at, and its clients. */
export async function benchOverhead(quick: boolean, log: (line: string) => void): Promise<BenchRow[]> {
  const server = await startPostgres({
    settings: { shared_preload_libraries: 'pg_stat_statements', 'pg_stat_statements.max': '10000' },
  });
  const client = new Client({ connectionString: server.url });
  await client.connect();
  const signal = new AbortController().signal;
  const session = await createSqlConnector().open(server.url, { statementTimeoutMs: 5_000, signal });
  try {
    log(`${STATEMENTS} statements`);
    await client.query('CREATE EXTENSION pg_stat_statements');
    await runDistinctStatements(client, 0, STATEMENTS);
    const runMs = quick ? RUN_MS.quick : RUN_MS.full;
    const alone = await busyClient(client, () => sleep(runMs / 3));
    log('polled every second');
    let everySecond = await poll(session, 1_000, 0);
    const beside = await busyClient(client, async () => {
      everySecond = await poll(session, 1_000, runMs);
    });
    log('polled every ten seconds');
    let everyTen = everySecond;
    await busyClient(client, async () => {
      everyTen = await poll(session, TEN_SECONDS, Math.max(runMs, 3 * TEN_SECONDS));
    });
    return [
      share('server CPU, polled every second', everySecond, 1),
      share('server CPU, polled every 10 s', everyTen, 0.1),
      row({
        name: 'clients: p99 more while polled',
        value: Number((quantile(beside, 0.99) - quantile(alone, 0.99)).toFixed(2)),
        unit: 'ms',
        goal: { op: '<=', value: 5 },
        samples: beside.length,
        note: `${quantile(beside, 0.99).toFixed(2)} ms, without ${quantile(alone, 0.99).toFixed(2)} ms`,
      }),
    ];
  } finally {
    await session.close();
    await client.end();
    await server.stop();
  }
}

interface Polling {
  polls: number;
  cpuMs: number;
  /** Of a query that makes the server go through its statements and returns nothing of them, right after each poll. */
  floorMs: number;
  overMs: number;
  statements: number;
}

/** Reads what a watcher reads of statements; the first reading, with all texts, is before the measurement. */
async function poll(session: SqlSession, everyMs: number, forMs: number): Promise<Polling> {
  const statements = createStatementsReader({ textIntervalMs: 60_000 });
  const server = await readServer(session, Date.now());
  const read = () => readTopic(session, server, statements, Date.now());
  await read();
  const [backend] = await session.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const pid = backend?.pid ?? 0;
  const result: Polling = { polls: 0, cpuMs: 0, floorMs: 0, overMs: Math.max(forMs, 1), statements: 0 };
  const startMs = performance.now();
  for (let due = startMs + everyMs; due <= startMs + forMs; due += everyMs) {
    await sleep(due - performance.now());
    const beforeMs = cpuMsOf(pid);
    const reading = await read();
    result.cpuMs += cpuMsOf(pid) - beforeMs;
    result.polls += 1;
    result.statements = reading.known ? reading.value.statements.length : 0;
    result.floorMs += await leastPossible(session, pid);
  }
  return result;
}

async function leastPossible(session: SqlSession, pid: number): Promise<number> {
  const beforeMs = cpuMsOf(pid);
  await session.query('SELECT count(*) FROM pg_stat_statements(false)');
  return cpuMsOf(pid) - beforeMs;
}

/** Time on a processor, from Linux's scheduler, in nanoseconds there: /proc/<pid>/stat counts in hundredths of a second. */
function cpuMsOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
}

/** Calls of a client that does nothing else, as long as the other work takes; how long each took. */
async function busyClient(client: Client, work: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  const over = new AbortController();
  const finished = work().finally(() => over.abort());
  for (let call = 0; !over.signal.aborted; call += 1) {
    const startMs = performance.now();
    await runDistinctStatements(client, call % BUSY, (call % BUSY) + 1);
    times.push(performance.now() - startMs);
    await sleep(2);
  }
  await finished;
  return times;
}

function share(name: string, { polls, cpuMs, floorMs, overMs, statements }: Polling, goal: number): BenchRow {
  return row({
    name,
    value: Number(((100 * cpuMs) / overMs).toFixed(3)),
    unit: '% of a core',
    goal: { op: '<=', value: goal },
    peer: { name: 'count(*) of the view', value: Number(((100 * floorMs) / overMs).toFixed(3)) },
    samples: polls,
    note: `${statements} statements, ${(cpuMs / polls).toFixed(1)} ms each time`,
  });
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length * share)] ?? 0;
}
