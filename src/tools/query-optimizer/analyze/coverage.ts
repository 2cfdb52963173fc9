import { counted } from '../../../core/counted.ts';
import type { Coverage } from '../../../core/coverage.ts';
import { groupBy } from '../../../core/group-by.ts';
import { databaseSubject } from '../../_shared/database/subjects.ts';
import type { StatementWindow } from '../../_shared/database/statements.ts';
import { percentOf } from './figures.ts';
import type { Observation } from './context.ts';

/** Part of what the server did that is in the statements; below this it is said. */
const WELL_COVERED = 0.9;
/** Of one core: sessions are busy with the protocol, too. */
const NOTABLE_LOAD = 0.05;

/** What of a window could not be judged, however many rules there are. */
export function windowGaps(
  { target, workload, catalog }: Observation,
  coverage: StatementWindow['coverage'],
): Coverage['notChecked'] {
  const subject = databaseSubject(target);
  const gaps: Coverage['notChecked'] = [];
  if (workload.queries.length === 0) {
    gaps.push({
      subject,
      reason: 'no query ran in the window',
      hint: 'Watch longer, or while the backend works: `--duration 1m`.',
    });
  }
  for (const [reason, group] of groupBy(workload.leftOut, ({ reason }) => reason)) {
    // BEGIN, SET and their like are nobody's loss.
    if (reason === 'it is no query') continue;
    gaps.push({
      subject,
      reason: `${counted(group.length, 'statement')} left out: ${reason}`,
      ...(reason.includes('keeps its text') ? { hint: 'GRANT pg_read_all_stats TO <role>;' } : {}),
    });
  }
  const unseenMs = (coverage.databaseMs ?? 0) - coverage.trackedMs - coverage.ownMs;
  const isNotable = unseenMs >= NOTABLE_LOAD * (workload.toMs - workload.fromMs);
  if (coverage.share !== null && coverage.share < WELL_COVERED && isNotable) {
    gaps.push({
      subject,
      reason: `the statements that are known are ${percentOf(coverage.share)} of what the server did: it forgets some, or some still run`,
      hint: 'Raise pg_stat_statements.max, or watch longer.',
    });
  }
  const columns = catalog.tables.flatMap((table) => table.columns);
  if (columns.length > 0 && columns.every(({ statistics }) => statistics === null)) {
    gaps.push({
      subject,
      reason: 'planner statistics cannot be read: widths and distinct values are not known',
      hint: 'GRANT pg_read_all_data TO <role>; (or SELECT on the tables), and ANALYZE;',
    });
  }
  return gaps;
}
