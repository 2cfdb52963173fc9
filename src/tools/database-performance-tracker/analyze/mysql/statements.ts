import { type Assessment, emptyAssessment } from '../../../../core/assessment.ts';
import { formatDuration } from '../../../../core/duration.ts';
import type { Evidence } from '../../../../core/finding.ts';
import { ms, percent } from '../../../../core/rounding.ts';
import type { MysqlStatementWindow } from '../../../_shared/database/mysql/statement-window.ts';
import { databaseSubject, querySubject } from '../../../_shared/database/subjects.ts';
import type { StatementDelta } from '../../../_shared/database/statements.ts';
import { RULES } from '../../rules.ts';
import { analyzeCheck, whereKnown } from '../look.ts';
import { isUtility } from '../statements/names.ts';
import { type MysqlLook, mysqlFinding, shapeOf } from './look.ts';

const HIGH_MEAN_MS = 500;
const HIGH_SHARE = 0.25;
/** Of a statement whose temporary tables are worth a word: on disk in most calls, and in many of them. */
const MIN_DISK_TABLES = 20;
const MIN_DISK_SHARE = 0.5;
/** A share of calls that found no digest from which on it should be said. */
const UNCOUNTED_SHARE = 0.05;

export function assessMysqlStatements(look: MysqlLook): Assessment {
  const all = [RULES.slowStatement, RULES.tempSpills];
  return whereKnown(look, all, look.statements, (window) => {
    const assessment = emptyAssessment();
    const { slowLog } = window;
    const rules = slowLog === undefined ? all : [RULES.slowStatement];
    for (const delta of window.statements) {
      const shape = shapeOf(look, delta);
      const subject = querySubject(look.target, shape);
      const { slow, slowShare, slowCalls } = look.options.statements;
      // A log of what is slow cannot acquit whom it has seen too seldom.
      if (slowLog === undefined || delta.calls >= slowCalls) {
        assessment.checked.push(...rules.map((rule) => ({ subject, rule })));
      }
      if (isUtility(delta.text)) continue;
      const share = window.coverage.trackedMs > 0 ? delta.totalMs / window.coverage.trackedMs : 0;
      if ((delta.meanMs ?? 0) >= slow && share >= slowShare && delta.calls >= slowCalls) {
        assessment.findings.push(
          mysqlFinding(RULES.slowStatement, subject, {
            title: `${shape.label} takes ${formatDuration(delta.meanMs ?? 0)} on average${slowLog === undefined ? '' : ' when it is logged as slow'}`,
            severity: (delta.meanMs ?? 0) >= HIGH_MEAN_MS && share >= HIGH_SHARE ? 'high' : 'medium',
            confidence: delta.exactness === 'exact' && delta.calls >= 5 ? 'proven' : 'likely',
            evidence: evidenceOf(delta, share, window),
            impact: {
              summary: `${percent(share)} % of the time that all ${slowLog === undefined ? '' : 'logged '}statements took in the window.`,
              basis: 'measured',
              value: percent(share),
              unit: '%',
            },
            fix: 'Look at its plan first: what it reads, and what it throws away. Then add an index, or read less.',
            steps: [
              'See what it does: `rearguard queries explain "<the statement>"`; `rearguard queries recommendations` looks for an index.',
              ...readingSteps(delta),
            ],
            check: analyzeCheck(look.target, RULES.slowStatement, subject),
          }),
        );
      }
      const onDisk = window.work.get(delta.key)?.temporaryTablesOnDisk ?? 0;
      if (onDisk >= MIN_DISK_TABLES && onDisk / delta.calls >= MIN_DISK_SHARE && share >= slowShare) {
        assessment.findings.push(spills(look, delta, shape.label, onDisk, window));
      }
    }
    return withUncounted(look, window, assessment);
  });
}

function evidenceOf(delta: StatementDelta, share: number, window: MysqlStatementWindow): Evidence[] {
  const least =
    delta.exactness === 'exact' || window.slowLog !== undefined
      ? ''
      : ' at least: the counters were emptied in between';
  return [
    { label: 'mean', value: ms(delta.meanMs ?? 0), unit: 'ms' },
    { label: 'calls', value: delta.calls, unit: `in ${formatDuration(window.toMs - window.fromMs)}${least}` },
    { label: 'share of the time', value: percent(share), unit: '%' },
    { label: 'rows examined a call', value: Math.round((delta.rowsExamined ?? 0) / delta.calls) },
    { label: 'rows returned or changed a call', value: Math.round(delta.rows / delta.calls) },
    ...(delta.callsWithoutIndex === null
      ? []
      : [{ label: 'calls without an index', value: delta.callsWithoutIndex }]),
    ...slowLogEvidence(delta, window),
    ...(delta.text === null ? [] : [{ label: 'statement', value: '', sample: delta.text }]),
  ];
}

function slowLogEvidence({ key }: StatementDelta, { slowLog }: MysqlStatementWindow): Evidence[] {
  if (slowLog === undefined) return [];
  const { thresholdMs, p95Ms } = slowLog;
  const limit = thresholdMs === null ? 'long_query_time' : formatDuration(thresholdMs);
  return [
    { label: 'p95', value: ms(p95Ms.get(key) ?? 0), unit: 'ms' },
    { label: 'counted from', value: 'the slow query log', unit: `calls above ${limit} only` },
  ];
}

function readingSteps({ rowsExamined, rows, calls }: StatementDelta): string[] {
  const examined = (rowsExamined ?? 0) / calls;
  return examined > 100 * Math.max(1, rows / calls)
    ? [`It reads ${Math.round(examined)} rows a call: most of them it throws away, skips, or adds up.`]
    : [];
}

function spills(
  look: MysqlLook,
  delta: StatementDelta,
  label: string,
  onDisk: number,
  window: MysqlStatementWindow,
) {
  const subject = querySubject(look.target, shapeOf(look, delta));
  return mysqlFinding(RULES.tempSpills, subject, {
    title: `${label} makes temporary tables on disk`,
    confidence: 'proven',
    evidence: [
      {
        label: 'temporary tables on disk',
        value: onDisk,
        unit: `in ${formatDuration(window.toMs - window.fromMs)}`,
      },
      { label: 'calls', value: delta.calls, unit: `${ms(delta.meanMs ?? 0)} ms each` },
      { label: 'tmp_table_size', value: look.end.server.variables.get('tmp_table_size') ?? 'not known' },
      ...(delta.text === null ? [] : [{ label: 'statement', value: '', sample: delta.text }]),
    ],
    impact: {
      summary:
        'What it groups or sorts does not fit into memory, or holds TEXT or BLOB columns, and is written out.',
      basis: 'measured',
    },
    fix: 'Group or sort fewer and narrower rows: select only what is needed, and leave TEXT and BLOB columns for later.',
    steps: [
      'An index in the order that is wanted needs no temporary table at all.',
      'A larger tmp_table_size (with max_heap_table_size) is memory for every connection: raise it for one session first.',
    ],
    check: analyzeCheck(look.target, RULES.tempSpills, subject),
  });
}

/** The table of digests was full: what could not be told apart is no statement of ours to judge. */
function withUncounted(look: MysqlLook, window: MysqlStatementWindow, assessment: Assessment): Assessment {
  const counted = window.statements.reduce((sum, { calls }) => sum + calls, 0);
  if (window.uncountedCalls <= UNCOUNTED_SHARE * (counted + window.uncountedCalls)) return assessment;
  const size = look.end.server.variables.get('performance_schema_digests_size') ?? '?';
  return {
    ...assessment,
    notChecked: [
      ...assessment.notChecked,
      {
        subject: databaseSubject(look.target),
        rules: [RULES.slowStatement.id],
        reason: `${window.uncountedCalls} calls were of statements that found no place among the ${size} digests`,
        hint: 'Raise performance_schema_digests_size, or CALL sys.ps_truncate_all_tables(FALSE) once at a quiet time.',
      },
    ],
  };
}
