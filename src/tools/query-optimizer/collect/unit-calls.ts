import { counted } from '../../../core/counted.ts';
import type { Coverage } from '../../../core/coverage.ts';
import type { TimeRange } from '../../../store/store.ts';
import type { OpenDatabase } from '../../_shared/database/open-databases.ts';
import { createBurstReader } from '../../_shared/database/postgres-log/bursts.ts';
import { readPostgresLogs } from '../../_shared/database/postgres-log/read-logs.ts';
import type { Reading } from '../../_shared/database/reading.ts';
import { databaseSubject } from '../../_shared/database/subjects.ts';
import type { UnitCall } from '../../_shared/database/unit-call.ts';
import { databaseCalls } from '../../_shared/spans/database-calls.ts';
import { readSpans } from '../../_shared/spans/read-spans.ts';
import type { CommandContext } from '../../context.ts';
import { RULES } from '../rules.ts';

export interface CollectedCalls {
  calls: readonly UnitCall[];
  /** Whether anything was named to read from. */
  asked: boolean;
  notChecked: Coverage['notChecked'];
}

type Needs = Pick<CommandContext, 'files' | 'signal'>;

/**
 * Calls with the request they were made for, from the spans and logs that the target names. Spans come first: they know
 * routes; from a log of every statement a unit is guessed by the pauses of its connection.
 */
export async function collectUnitCalls(
  { files, signal }: Needs,
  { target, session }: OpenDatabase,
  range: TimeRange,
): Promise<CollectedCalls> {
  const subject = databaseSubject(target.name);
  const rules = [RULES.nPlusOne.id];
  const notChecked: Coverage['notChecked'] = [];
  const calls: UnitCall[] = [];
  const note = (reading: Reading<{ notRead: readonly string[] }>): void => {
    if (reading.known) {
      notChecked.push(...reading.value.notRead.map((reason) => ({ subject, rules, reason })));
    } else {
      const { reason, hint } = reading;
      notChecked.push({ subject, rules, reason, ...(hint === undefined ? {} : { hint }) });
    }
  };
  const { spans = [], logs = [] } = target;
  if (spans.length > 0) {
    const reading = await readSpans(files, spans, { range, signal });
    note(reading);
    if (reading.known) calls.push(...databaseCalls(reading.value.spans));
  }
  if (logs.length > 0 && session.dialect === 'postgresql') {
    const bursts = createBurstReader();
    const prefix = await prefixOf(session);
    const reading = await readPostgresLogs(files, logs, {
      prefix,
      signal,
      onRecord(record) {
        if (record.atMs !== null && record.atMs >= range.fromMs && record.atMs < range.toMs)
          bursts.add(record);
      },
    });
    note(reading);
    calls.push(...bursts.calls());
    if (reading.known && bursts.calls().length === 0) {
      notChecked.push({
        subject,
        rules,
        reason: `${counted(reading.value.files.length, 'log')} read, without the duration of a single statement`,
        hint: 'N+1 is seen in a log of every statement (log_min_duration_statement = 0, for a while), or in spans.',
      });
    }
  }
  return { calls, asked: spans.length + logs.length > 0, notChecked };
}

async function prefixOf(session: OpenDatabase['session']): Promise<string | null> {
  const [row] = await session.query<{ log_line_prefix: string }>('SHOW log_line_prefix');
  return row?.log_line_prefix ?? null;
}
