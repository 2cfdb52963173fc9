import type { DatabaseTarget } from '../../../src/config/targets.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { createSandboxes } from '../../../src/platform/postgres/sandbox.ts';
import { createSqlConnector } from '../../../src/platform/sql/postgres.ts';
import {
  hypopgInstalled,
  runDebianSql,
  startDebianPostgres,
} from '../../../src/platform/test-support/debian-servers.ts';
import type { Catalog } from '../../../src/tools/_shared/database/catalog.ts';
import { describeIndex } from '../../../src/tools/_shared/database/index-statement.ts';
import { readSnapshot } from '../../../src/tools/_shared/database/postgres/read-snapshot.ts';
import { readShape } from '../../../src/tools/_shared/sql/shape.ts';
import { adviseIndexes } from '../../../src/tools/query-optimizer/advisor/advise.ts';
import { DEFAULT_ADVICE_OPTIONS } from '../../../src/tools/query-optimizer/advisor/types.ts';
import { openWhatIf, type WhatIfBackEnd } from '../../../src/tools/query-optimizer/what-if/open.ts';
import type { Workload } from '../../../src/tools/query-optimizer/workload.ts';
import { type BenchRow, notRun, row } from '../bench.ts';
import { type GhostCase, ghostCases, sourceSql } from './ghost-cases.ts';

const NAME = 'ghost: of the first five advices with HypoPG, the same with the ghost';
const GOAL = { op: '=' as const, value: 5 };
const TOP = 5;

/** The same workload on Debian's PostgreSQL 15, advised once with HypoPG in the server, once with a ghost beside it. */
export async function benchSameAdvice(quick: boolean, log: (line: string) => void): Promise<BenchRow[]> {
  if (!hypopgInstalled())
    return [notRun(NAME, 'indexes', "Debian's PostgreSQL 15 with HypoPG is not here", GOAL)];
  const server = await startDebianPostgres({ settings: { autovacuum: 'off', jit: 'off' } });
  const stop = new AbortController();
  const sql = createSqlConnector();
  try {
    log('ghost: filling a PostgreSQL 15 with HypoPG');
    for (const statement of sourceSql(quick ? 20_000 : 100_000)) await runDebianSql(server, statement);
    await runDebianSql(
      server,
      'CREATE EXTENSION hypopg; CREATE ROLE reader LOGIN; GRANT pg_monitor, pg_read_all_data TO reader',
    );
    const url = `postgresql://reader@127.0.0.1:${server.port}/postgres`;
    const target: DatabaseTarget = { kind: 'database', name: 'bench', url };
    const session = await sql.open(url, { statementTimeoutMs: 30_000, signal: stop.signal });
    const { parts } = await readSnapshot(session, ['catalog'], systemClock.wallMs());
    if (!parts.catalog.known) throw new Error(parts.catalog.reason);
    const catalog = parts.catalog.value;
    const workload = await workloadOf(
      ghostCases().filter(({ isBtree }) => isBtree),
      catalog,
    );
    const context = {
      sandboxes: createSandboxes(process.cwd()),
      sql,
      clock: systemClock,
      signal: stop.signal,
    };

    const advise = async (backEnd: WhatIfBackEnd): Promise<{ top: string[]; ms: number; label: string }> => {
      log(`ghost: advice with ${backEnd}`);
      const { whatIf, waits } = await openWhatIf(context, target, session, catalog, { backEnd });
      if (whatIf === null) throw new Error(waits.map(({ reason }) => reason).join(' '));
      try {
        const { creates, stats } = await adviseIndexes({
          workload,
          catalog,
          whatIf,
          // Loaded machines must not decide which of the two gets to its end; drops need HypoPG 1.4.
          options: { ...DEFAULT_ADVICE_OPTIONS, deadlineMs: 120_000, drop: false },
          usage: null,
          signal: stop.signal,
          nowMs: () => systemClock.monotonicMs(),
        });
        const top = creates.slice(0, TOP).map(({ index }) => describeIndex(index));
        return { top, ms: stats.elapsedMs, label: whatIf.label };
      } finally {
        await whatIf.close();
      }
    };
    const hypopg = await advise('hypopg');
    const ghost = await advise('ghost');
    await session.close();
    const others = hypopg.top.filter((one) => !ghost.top.includes(one));
    return [
      row({
        name: NAME,
        value: hypopg.top.length - others.length,
        unit: 'indexes',
        goal: GOAL,
        samples: hypopg.top.length,
        note:
          others.length === 0
            ? `${hypopg.label} beside ${ghost.label}`
            : `only with HypoPG: ${others.join('; ')}`,
      }),
      row({
        name: 'ghost: time of an advice over 50 queries',
        value: Math.round(ghost.ms),
        unit: 'ms',
        peer: { name: 'HypoPG', value: Math.round(hypopg.ms) },
      }),
    ];
  } finally {
    await server.stop();
  }
}

/** Every query is called as often and takes as long as any other. */
async function workloadOf(cases: readonly GhostCase[], catalog: Catalog): Promise<Workload> {
  const queries = [];
  for (const { sql } of cases) {
    queries.push({
      shape: await readShape(sql, catalog),
      texts: [sql],
      calls: 100,
      totalMs: 1_000,
      meanMs: 10,
      rows: 1_000,
      sharedBuffers: 10_000,
      exactness: 'exact' as const,
      origins: [],
    });
  }
  return { fromMs: 0, toMs: 3_600_000, queries, leftOut: [], writes: new Map() };
}
