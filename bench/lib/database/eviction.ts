import { Client } from 'pg';
import { startPostgres } from '../../../src/platform/postgres/embedded.ts';
import { createSqlConnector } from '../../../src/platform/sql/postgres.ts';
import type { SqlSession } from '../../../src/platform/sql/types.ts';
import { windowOf } from '../../../src/tools/_shared/database/delta.ts';
import { readSnapshot } from '../../../src/tools/_shared/database/postgres/read-snapshot.ts';
import { createStatementsReader } from '../../../src/tools/_shared/database/postgres/statements.ts';
import type { StatementSnapshot, StatementWindow } from '../../../src/tools/_shared/database/statements.ts';
import { type BenchRow, row } from '../bench.ts';
import { runDistinctStatements } from './many-statements.ts';

const ROUNDS = { quick: 20, full: 120 };
/** The server keeps 100: each round throws out most of what it had. */
const CHURN = 70;
/** Statements whose calls we count ourselves: some in every round, some so seldom that they are evicted in between. */
const KNOWN = [
  { name: 'pg_am', every: 1, calls: 20 },
  { name: 'pg_language', every: 1, calls: 4 },
  { name: 'pg_tablespace', every: 5, calls: 1 },
  { name: 'pg_cast', every: 13, calls: 2 },
];

/** A server that keeps far too few statements, and one reset: what is said of statements whose calls are known. */
export async function benchEviction(quick: boolean, log: (line: string) => void): Promise<BenchRow[]> {
  const server = await startPostgres({
    settings: { shared_preload_libraries: 'pg_stat_statements', 'pg_stat_statements.max': '100' },
  });
  const client = new Client({ connectionString: server.url });
  await client.connect();
  const signal = new AbortController().signal;
  const session = await createSqlConnector().open(server.url, { statementTimeoutMs: 5_000, signal });
  try {
    await client.query('CREATE EXTENSION pg_stat_statements');
    const rounds = quick ? ROUNDS.quick : ROUNDS.full;
    log(`${rounds} rounds of ${CHURN} new statements, room for 100`);
    return judge(await runRounds(client, session, rounds));
  } finally {
    await session.close();
    await client.end();
    await server.stop();
  }
}

interface Trial {
  snapshots: StatementSnapshot[];
  /** Calls since the first snapshot, at each of them. */
  truths: ReadonlyMap<string, number>[];
  /** Index of the last snapshot before the reset. */
  resetAfter: number;
}

async function runRounds(client: Client, session: SqlSession, rounds: number): Promise<Trial> {
  const statements = createStatementsReader();
  const snapshots: StatementSnapshot[] = [];
  const truths: ReadonlyMap<string, number>[] = [];
  const done = new Map<string, number>();
  const look = async (): Promise<void> => {
    const { parts } = await readSnapshot(session, ['statements'], Date.now(), { statements });
    if (!parts.statements.known) throw new Error(parts.statements.reason);
    snapshots.push(parts.statements.value);
    truths.push(new Map(done));
  };
  await callKnown(client, 0, new Map());
  await look();
  const resetAfter = Math.floor(rounds / 2);
  for (let round = 1; round <= rounds; round += 1) {
    await callKnown(client, round, done);
    await runDistinctStatements(client, round * CHURN, (round + 1) * CHURN);
    await look();
    if (round === resetAfter) await client.query('SELECT pg_stat_statements_reset()');
  }
  return { snapshots, truths, resetAfter };
}

async function callKnown(client: Client, round: number, done: Map<string, number>): Promise<void> {
  for (const { name, every, calls } of KNOWN) {
    if (round % every !== 0) continue;
    for (let call = 0; call < calls; call += 1) await client.query(textOf(name));
    done.set(name, (done.get(name) ?? 0) + calls);
  }
}

function judge({ snapshots, truths, resetAfter }: Trial): BenchRow[] {
  const first = snapshots[0];
  const last = snapshots.at(-1);
  if (first === undefined || last === undefined) throw new Error('nothing was read');
  const whole = windowOf(snapshots);
  const undisturbed = windowOf(snapshots.slice(0, resetAfter + 1));
  const steps = snapshots.slice(1).map((snapshot, index) => windowOf([snapshots[index] ?? first, snapshot]));
  const windows = [whole, undisturbed, ...steps];
  const truthOf = [
    truths.at(-1),
    truths[resetAfter],
    ...truths.slice(1).map((truth, index) => minus(truth, truths[index])),
  ];
  const figures = windows.flatMap((window, index) => knownFigures(window, truthOf[index] ?? new Map()));
  const { coverage } = whole;
  return [
    row({
      name: 'negative figures',
      value: windows.reduce((sum, window) => sum + negatives(window), 0),
      unit: 'figures',
      goal: { op: '=', value: 0 },
      samples: windows.reduce((sum, { statements }) => sum + statements.length, 0),
    }),
    row({
      name: 'known statements: wrong where called exact, or more than was done',
      value: figures.filter(({ isWrong }) => isWrong).length,
      unit: 'figures',
      goal: { op: '=', value: 0 },
      peer: {
        name: 'last minus first, of four',
        value: naivelyWrong(first, last, truths.at(-1) ?? new Map()),
      },
      samples: figures.length,
    }),
    row({
      name: 'known statements: counted whole until the reset',
      value: knownFigures(undisturbed, truths[resetAfter] ?? new Map()).filter(({ isWhole }) => isWhole)
        .length,
      unit: `of ${KNOWN.length}`,
      goal: { op: '>=', value: 2 },
      note: 'the hot ones; the others are evicted in between, and marked as lower bounds',
    }),
    row({
      name: 'coverage that was reported',
      value: coverage.share === null ? null : Number((100 * coverage.share).toFixed(1)),
      unit: '% of the time',
      note: `${coverage.evictions ?? 'unknown'} evictions, ${coverage.resets} reset`,
    }),
  ];
}

function textOf(name: string): string {
  return `SELECT count(*) FROM ${name}`;
}

interface KnownFigure {
  isWrong: boolean;
  isWhole: boolean;
}

function knownFigures({ statements }: StatementWindow, truth: ReadonlyMap<string, number>): KnownFigure[] {
  return KNOWN.flatMap(({ name }) => {
    const found = statements.find(({ text }) => text === textOf(name));
    if (found === undefined) return [];
    const done = truth.get(name) ?? 0;
    const isExact = found.exactness === 'exact';
    return {
      isWrong: found.calls > done || (isExact && found.calls !== done),
      isWhole: isExact && found.calls === done,
    };
  });
}

function minus(
  after: ReadonlyMap<string, number>,
  before?: ReadonlyMap<string, number>,
): Map<string, number> {
  return new Map([...after].map(([name, calls]) => [name, calls - (before?.get(name) ?? 0)]));
}

function negatives({ statements }: StatementWindow): number {
  return statements.filter((one) =>
    Object.values(one).some((value) => typeof value === 'number' && value < 0),
  ).length;
}

function naivelyWrong(
  first: StatementSnapshot,
  last: StatementSnapshot,
  truth: ReadonlyMap<string, number>,
): number {
  const callsIn = ({ statements }: StatementSnapshot, name: string): number =>
    statements.find(({ text }) => text === textOf(name))?.calls ?? 0;
  return KNOWN.filter(({ name }) => callsIn(last, name) - callsIn(first, name) !== (truth.get(name) ?? 0))
    .length;
}
