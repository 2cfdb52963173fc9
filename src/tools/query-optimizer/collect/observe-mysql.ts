import type { SqlSession } from '../../../platform/sql/types.ts';
import type { Catalog } from '../../_shared/database/catalog.ts';
import { windowOf } from '../../_shared/database/delta.ts';
import { readCatalog } from '../../_shared/database/mysql/catalog.ts';
import { readServer } from '../../_shared/database/mysql/server.ts';
import {
  isBookkeeping,
  type MysqlStatements,
  readStatements,
} from '../../_shared/database/mysql/statements.ts';
import type { OpenDatabase } from '../../_shared/database/open-databases.ts';
import type { Reading } from '../../_shared/database/reading.ts';
import type { StatementSnapshot } from '../../_shared/database/statements.ts';
import { databaseSubject } from '../../_shared/database/subjects.ts';
import type { CommandContext } from '../../context.ts';
import { needsOf } from '../analyze/mysql-indexes.ts';
import type { Observed } from './observe.ts';
import { readWorkload } from './workload.ts';

/** Steps of a watched window: enough to see whether two counts move together. */
const STEPS = 5;
const LEAST_STEP_MS = 1_000;

type Needs = Pick<CommandContext, 'clock' | 'signal' | 'progress'>;

/** The same observation as of PostgreSQL, from the digests of performance_schema: watched from now on. */
export async function observeMysql(
  ctx: Needs,
  { session, target }: OpenDatabase,
  durationMs: number,
): Promise<Observed> {
  const snapshots = await watch(ctx, session, target.name, durationMs);
  const unreadable = snapshots.find((reading) => !reading.known);
  if (unreadable !== undefined && !unreadable.known) {
    const { reason, hint } = unreadable;
    const gap = { subject: databaseSubject(target.name), reason, ...(hint === undefined ? {} : { hint }) };
    return { target: target.name, observation: null, coverage: null, notChecked: [gap] };
  }
  const read = snapshots.flatMap((reading) => (reading.known ? [withoutBookkeeping(reading.value)] : []));
  const window = windowOf(read);
  const catalog = await readCatalog(session);
  const [database] = catalog.searchPath;
  const { workload, members } = await readWorkload(window, searchable(catalog), new Map(), database ?? null);
  return {
    target: target.name,
    observation: {
      target: target.name,
      workload,
      members,
      catalog,
      reads: null,
      steps:
        read.length < 3
          ? [window]
          : read.slice(1).map((after, index) => windowOf([read[index] ?? after, after])),
    },
    coverage: window.coverage,
    notChecked: [],
    needs: await needsOf(session, window, catalog),
  };
}

async function watch(
  { clock, signal, progress }: Needs,
  session: SqlSession,
  name: string,
  durationMs: number,
): Promise<Reading<MysqlStatements>[]> {
  const steps = Math.max(1, Math.min(STEPS, Math.floor(durationMs / LEAST_STEP_MS)));
  const startedMs = clock.monotonicMs();
  const snapshots: Reading<MysqlStatements>[] = [];
  for (let step = 0; step <= steps; step += 1) {
    const dueMs = startedMs + (durationMs * step) / steps;
    if (step > 0) await clock.sleep(Math.max(0, dueMs - clock.monotonicMs()), signal);
    const reading = await readStatements(session, await readServer(session), clock.wallMs());
    snapshots.push(reading);
    if (!reading.known) break;
    progress(step, steps, `watching ${name}`);
  }
  return snapshots;
}

function withoutBookkeeping({ snapshot }: MysqlStatements): StatementSnapshot {
  return { ...snapshot, statements: snapshot.statements.filter(({ text }) => !isBookkeeping(text)) };
}

/** Without a database in its URL, names are looked up in all of them. */
function searchable(catalog: Catalog): Catalog {
  if (catalog.searchPath.length > 0) return catalog;
  return { ...catalog, searchPath: [...new Set(catalog.tables.map(({ schema }) => schema))] };
}
