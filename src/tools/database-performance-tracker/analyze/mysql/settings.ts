import { type Assessment, emptyAssessment } from '../../../../core/assessment.ts';
import { formatDuration } from '../../../../core/duration.ts';
import type { Evidence } from '../../../../core/finding.ts';
import { statusWindow, type StatusWindow } from '../../../_shared/database/mysql/snapshot.ts';
import { databaseSubject, settingSubject } from '../../../_shared/database/subjects.ts';
import { RULES } from '../../rules.ts';
import { analyzeCheck, whereKnown } from '../look.ts';
import { type MysqlLook, mysqlFinding } from './look.ts';

interface Contradiction {
  setting: string;
  title: string;
  evidence: Evidence[];
  fix: string;
  patch: string;
}

/** Settings that what was measured in the window speaks against; nothing by rule of thumb. */
export function assessMysqlSettings(look: MysqlLook): Assessment {
  const rule = RULES.settingContradicted;
  return whereKnown(look, [rule], statusWindow(look.start, look.end), (window) => {
    const assessment = emptyAssessment();
    const judged = [tableCache(look, window), logWaits(look, window)];
    for (const { setting, found } of judged) {
      const subject = settingSubject(look.target, setting);
      assessment.checked.push({ subject, rule });
      if (found === null) continue;
      assessment.findings.push(
        mysqlFinding(rule, subject, {
          title: found.title,
          confidence: 'proven',
          evidence: found.evidence,
          fix: found.fix,
          steps: ['It can be changed while the server runs; put it into its configuration, too.'],
          patch: found.patch,
          check: analyzeCheck(look.target, rule, subject),
        }),
      );
    }
    return assessment;
  });
}

interface Judged {
  setting: string;
  found: Contradiction | null;
}

/** Tables are opened again and again because there is no room to keep them open. */
function tableCache({ end }: MysqlLook, { grown, seconds }: StatusWindow): Judged {
  const setting = 'table_open_cache';
  const overflows = grown('table_open_cache_overflows');
  const size = Number(end.server.variables.get(setting) ?? 0);
  if (overflows / seconds < 10) return { setting, found: null };
  return {
    setting,
    found: {
      setting,
      title: `table_open_cache has room for ${size} tables, and they are closed and opened again`,
      evidence: [
        { label: 'closed for want of room', value: overflows, unit: `in ${formatDuration(seconds * 1_000)}` },
        { label: setting, value: size },
      ],
      fix: 'Give it room for all tables times the connections that use them at once.',
      patch: `SET GLOBAL table_open_cache = ${size * 2};`,
    },
  };
}

/** Transactions had to wait for the log buffer to be written out. */
function logWaits({ end }: MysqlLook, { grown, seconds }: StatusWindow): Judged {
  const setting = 'innodb_log_buffer_size';
  const waits = grown('innodb_log_waits');
  const size = Number(end.server.variables.get(setting) ?? 0);
  if (waits < 10) return { setting, found: null };
  return {
    setting,
    found: {
      setting,
      title: 'Transactions waited for room in the log buffer',
      evidence: [
        { label: 'waits', value: waits, unit: `in ${formatDuration(seconds * 1_000)}` },
        { label: setting, value: size, unit: 'bytes' },
      ],
      fix: 'Give the log buffer room for the largest transactions.',
      patch: `SET GLOBAL innodb_log_buffer_size = ${size * 2};`,
    },
  };
}

/** Deadlocks of the window: MariaDB counts them in its status, MySQL elsewhere. */
export function assessMysqlDeadlocks(look: MysqlLook): Assessment {
  const rule = RULES.deadlocks;
  const isCounted = look.end.server.status.has('innodb_deadlocks');
  const window = statusWindow(look.start, look.end);
  const reading =
    window.known && !isCounted
      ? ({
          known: false,
          reason: 'this version does not count deadlocks among its status variables',
        } as const)
      : window;
  return whereKnown(look, [rule], reading, ({ grown, seconds }) => {
    const subject = databaseSubject(look.target);
    const deadlocks = grown('innodb_deadlocks');
    return {
      ...emptyAssessment(),
      checked: [{ subject, rule }],
      findings:
        deadlocks === 0
          ? []
          : [
              mysqlFinding(rule, subject, {
                title: 'Transactions ended in deadlocks',
                confidence: 'proven',
                evidence: [
                  { label: 'deadlocks', value: deadlocks, unit: `in ${formatDuration(seconds * 1_000)}` },
                ],
                fix: 'Lock rows in the same order everywhere; SHOW ENGINE INNODB STATUS names the last pair.',
                steps: ['SET GLOBAL innodb_print_all_deadlocks = ON; writes every pair to the error log.'],
                check: analyzeCheck(look.target, rule, subject),
              }),
            ],
    };
  });
}
