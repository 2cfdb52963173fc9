import { type Assessment, emptyAssessment } from '../../../../core/assessment.ts';
import { formatDuration } from '../../../../core/duration.ts';
import type { Severity } from '../../../../core/severity.ts';
import { formatSize } from '../../../../core/size.ts';
import { quoteIdentifier } from '../../../_shared/database/index-statement.ts';
import type { Settings } from '../../../_shared/database/postgres/settings.ts';
import type { TableStatistics } from '../../../_shared/database/postgres/tables.ts';
import { tableSubject } from '../../../_shared/database/subjects.ts';
import { RULES } from '../../rules.ts';
import { trackerFinding } from '../finding.ts';
import { analyzeCheck, type Look, together, whereKnown } from '../look.ts';
import { autovacuumOf, wasDueBefore } from './due.ts';

/** Times its trigger that autovacuum may be late. */
const OVERDUE = 2;
const RULE = RULES.vacuumDebt;

export function assessVacuum(look: Look): Assessment {
  const { parts } = look.end;
  return whereKnown(look, [RULE], together(parts.tables, parts.settings), ([tables, settings]) => {
    const assessment = emptyAssessment();
    const running = parts.progress.known
      ? new Set(parts.progress.value.flatMap(({ command, table }) => (command === 'vacuum' ? [table] : [])))
      : new Set<string | null>();
    for (const table of tables) {
      const name = `${table.schema}.${table.name}`;
      const subject = tableSubject(look.target, name);
      assessment.checked.push({ subject, rule: RULE });
      const severity = running.has(name) ? null : judge(look, table, settings);
      if (severity === null) continue;
      const { off, vacuumTrigger } = autovacuumOf(table, settings);
      const lastMs = lastVacuumed(table);
      assessment.findings.push(
        trackerFinding(RULE, subject, {
          title: `${name} holds ${table.deadRows} dead rows`,
          severity,
          confidence: severity === 'info' ? 'possible' : 'likely',
          evidence: [
            { label: 'dead rows', value: table.deadRows, unit: `beside ${table.liveRows} live ones` },
            { label: 'autovacuum is due at', value: Math.round(vacuumTrigger), unit: 'dead rows' },
            {
              label: 'last vacuumed',
              value:
                lastMs === null
                  ? 'not since the counters began'
                  : `${formatDuration(look.end.takenAtMs - lastMs)} ago`,
            },
            { label: 'size', value: formatSize(table.totalBytes ?? 0) },
            ...(off === null
              ? []
              : [{ label: 'autovacuum', value: off === 'server' ? 'off' : 'off for this table' }]),
          ],
          impact: {
            summary: 'Every scan of the table and of its indexes reads past them.',
            basis: 'modelled',
          },
          steps: stepsOf(table, off),
          patch: `VACUUM (ANALYZE) ${qualified(table)};`,
          check: analyzeCheck(look.target, RULE, subject),
        }),
      );
    }
    return assessment;
  });
}

/** null: it owes nothing; info: autovacuum may be on its way. */
function judge(look: Look, table: TableStatistics, settings: Settings): Severity | null {
  const { off, vacuumTrigger } = autovacuumOf(table, settings);
  const isOwing = ({ deadRows }: TableStatistics): boolean =>
    deadRows >= Math.max(look.options.storage.deadRows, OVERDUE * vacuumTrigger);
  if (!isOwing(table)) return null;
  if (off !== null) return 'high';
  return wasDueBefore(look, table, settings, isOwing) ? 'medium' : 'info';
}

export function lastVacuumed({ lastVacuumMs, lastAutovacuumMs }: TableStatistics): number | null {
  const newest = Math.max(lastVacuumMs ?? 0, lastAutovacuumMs ?? 0);
  return newest === 0 ? null : newest;
}

function qualified({ schema, name }: TableStatistics): string {
  return `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;
}

function stepsOf(table: TableStatistics, off: 'server' | 'table' | null): string[] {
  return [
    'See first that nothing holds old row versions back (a long transaction, a slot): while it does, no vacuum removes them.',
    ...(off === 'table'
      ? [`Autovacuum is off for it; back on: ALTER TABLE ${qualified(table)} RESET (autovacuum_enabled);`]
      : off === 'server'
        ? ['Autovacuum is off for the whole server: put it back on.']
        : [
            `Let it come sooner: ALTER TABLE ${qualified(table)} SET (autovacuum_vacuum_scale_factor = 0.02);`,
          ]),
  ];
}
