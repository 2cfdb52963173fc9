import { type Assessment, emptyAssessment } from '../../../../core/assessment.ts';
import { formatDuration } from '../../../../core/duration.ts';
import type { Evidence } from '../../../../core/finding.ts';
import type { Severity } from '../../../../core/severity.ts';
import { quoteIdentifier } from '../../../_shared/database/index-statement.ts';
import type { Settings } from '../../../_shared/database/postgres/settings.ts';
import type { TableStatistics } from '../../../_shared/database/postgres/tables.ts';
import { tableSubject } from '../../../_shared/database/subjects.ts';
import { RULES } from '../../rules.ts';
import { trackerFinding } from '../finding.ts';
import { analyzeCheck, type Look, together, whereKnown } from '../look.ts';
import { autovacuumOf, wasDueBefore } from './due.ts';

/** The planner's number of rows against the counted one. */
const FAR_OFF = 10;
/** Times its trigger that autoanalyze may be late. */
const OVERDUE = 5;

const RULE = RULES.staleStatistics;

export function assessStatistics(look: Look): Assessment {
  const { parts } = look.end;
  return whereKnown(look, [RULE], together(parts.tables, parts.settings), ([tables, settings]) => {
    const assessment = emptyAssessment();
    for (const table of tables) {
      const name = `${table.schema}.${table.name}`;
      const subject = tableSubject(look.target, name);
      assessment.checked.push({ subject, rule: RULE });
      const stale = judge(look, table, settings);
      if (stale === null) continue;
      assessment.findings.push(
        trackerFinding(RULE, subject, {
          title: stale.title(name),
          severity: stale.severity,
          confidence: stale.severity === 'info' ? 'possible' : 'likely',
          evidence: evidenceOf(look, table, settings),
          impact: {
            summary: 'The planner chooses joins and scans for another number of rows than there are.',
            basis: 'modelled',
          },
          steps: stepsOf(table, settings),
          patch: analyzeStatement(table),
          check: analyzeCheck(look.target, RULE, subject),
        }),
      );
    }
    return assessment;
  });
}

export function analyzeStatement({ schema, name }: { schema: string; name: string }): string {
  return `ANALYZE ${quoteIdentifier(schema)}.${quoteIdentifier(name)};`;
}

interface Stale {
  severity: Severity;
  title: (name: string) => string;
}

function judge(look: Look, table: TableStatistics, settings: Settings): Stale | null {
  const rows = Math.max(table.liveRows, table.plannedRows ?? 0);
  if (rows < look.options.storage.staleRows) return null;
  const { off, analyzeTrigger } = autovacuumOf(table, settings);
  const changed = table.modifiedSinceAnalyze;
  const isDue = (one: TableStatistics): boolean =>
    one.modifiedSinceAnalyze >= Math.max(OVERDUE * analyzeTrigger, rowsThen(one));
  // While autoanalyze is on its way, a bulk load is everyday; where it never comes, or did not, it is not.
  const isLate = off !== null || wasDueBefore(look, table, settings, isDue);
  const severity: Severity = isLate ? 'medium' : 'info';
  if (neverAnalysed(table)) {
    return isLate || changed >= table.liveRows
      ? { severity, title: (name) => `${name} was never analysed` }
      : null;
  }
  const factor = misjudged(table, look.end.server.blockBytes);
  if (factor !== null && factor >= FAR_OFF && changed > analyzeTrigger) {
    return {
      severity,
      title: (name) => `The planner is off ${Math.round(factor)}-fold about the rows of ${name}`,
    };
  }
  if (!isDue(table)) return null;
  return { severity, title: (name) => `${name} changed more than whole since it was last analysed` };
}

/** What it had when it was last looked at; after deletions what is left. */
function rowsThen({ liveRows, plannedRows }: TableStatistics): number {
  return Math.min(liveRows, plannedRows ?? liveRows);
}

/** Statistics of columns outlive a reset of the counters, so their absence tells more than that of a date. */
export function neverAnalysed(table: TableStatistics): boolean {
  const { lastAnalyzeMs, lastAutoanalyzeMs, analyzes, autoanalyzes, rowWidth, plannedRows } = table;
  const isCounted = lastAnalyzeMs !== null || lastAutoanalyzeMs !== null || analyzes + autoanalyzes > 0;
  return !isCounted && rowWidth === null && plannedRows === null;
}

/** The planner multiplies the density it knows with the pages there are now. As a factor, in either direction. */
export function misjudged(
  { plannedRows, pages, heapBytes, liveRows }: TableStatistics,
  blockBytes: number,
): number | null {
  if (plannedRows === null || pages <= 0 || heapBytes === null || liveRows <= 0) return null;
  const planned = Math.max(1, (plannedRows / pages) * (heapBytes / blockBytes));
  return Math.max(planned / liveRows, liveRows / planned);
}

export function lastAnalysed({ lastAnalyzeMs, lastAutoanalyzeMs }: TableStatistics): number | null {
  const newest = Math.max(lastAnalyzeMs ?? 0, lastAutoanalyzeMs ?? 0);
  return newest === 0 ? null : newest;
}

function evidenceOf(look: Look, table: TableStatistics, settings: Settings): Evidence[] {
  const lastMs = lastAnalysed(table);
  const { off, analyzeTrigger } = autovacuumOf(table, settings);
  return [
    { label: 'rows changed since', value: table.modifiedSinceAnalyze, unit: `of ${table.liveRows} rows` },
    {
      label: 'last analysed',
      value:
        lastMs === null
          ? 'not since the counters began'
          : `${formatDuration(look.end.takenAtMs - lastMs)} ago`,
    },
    { label: 'rows at that time', value: table.plannedRows ?? 'not known' },
    { label: 'autoanalyze is due at', value: Math.round(analyzeTrigger), unit: 'changed rows' },
    ...(off === null
      ? []
      : [{ label: 'autovacuum', value: off === 'server' ? 'off' : 'off for this table' }]),
    ...misestimateEvidence(look, `${table.schema}.${table.name}`),
  ];
}

/** What the planner's picture led to in a call that was measured. */
function misestimateEvidence({ misestimates }: Look, table: string): Evidence[] {
  const worst = misestimates.find((one) => one.table === table);
  if (worst === undefined) return [];
  return [
    {
      label: 'in a plan of the log',
      value: `${Math.round(worst.factor)}-fold`,
      unit: `off: ${Math.round(worst.expected)} rows expected, ${Math.round(worst.actual)} found`,
      sample: worst.statement,
    },
  ];
}

function stepsOf(table: TableStatistics, settings: Settings): string[] {
  const { off } = autovacuumOf(table, settings);
  return [
    'ANALYZE reads a sample and locks out neither readers nor writers.',
    ...(off === 'table'
      ? [
          `Autovacuum is off for it; back on: ALTER TABLE ${quoteIdentifier(table.schema)}.${quoteIdentifier(table.name)} RESET (autovacuum_enabled);`,
        ]
      : off === 'server'
        ? ['Autovacuum is off for the whole server: put it back on.']
        : ['Put ANALYZE at the end of jobs that load or delete much, so that nobody plans in between.']),
  ];
}
