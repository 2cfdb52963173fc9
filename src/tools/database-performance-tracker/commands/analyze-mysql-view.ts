import type { Block } from '../../../core/block.ts';
import { formatDuration } from '../../../core/duration.ts';
import type { SqlSession } from '../../../platform/sql/types.ts';
import { type MysqlLook, shapeOf } from '../analyze/mysql/look.ts';
import { type StatementRow, statementRows } from '../analyze/report-rows.ts';
import type { SlowLogLook } from '../collect/slow-log.ts';
import { slowLogSections } from './slow-log-view.ts';
import type { DatabaseData } from './analyze-schema.ts';
import { statementData, statementSections } from './statement-table.ts';

/** MySQL counts rows and not pages: no cache and no spills in its table. */
function rowsOf(look: MysqlLook): StatementRow[] {
  if (!look.statements.known) return [];
  return statementRows(look.statements.value, (delta) => ({ ...shapeOf(look, delta), origins: [] }), 0);
}

export function mysqlSections(look: MysqlLook, slowLog: SlowLogLook | null, limit: number): Block[] {
  const { start, end, target, options, statements } = look;
  const hasCounters = !statements.known || statements.value.slowLog === undefined;
  const span =
    start === null ? 'as it is now' : `${formatDuration(end.takenAtMs - start.takenAtMs)}, watched just now`;
  return [
    { kind: 'text', text: `${target}, ${end.server.version}: ${span}`, tone: 'muted' },
    ...(hasCounters ? statementSections(rowsOf(look), options.statements.slow, limit) : []),
    ...(slowLog === null ? [] : slowLogSections(look, slowLog, limit)),
  ];
}

export function mysqlData(look: MysqlLook, { dialect }: SqlSession, limit: number): DatabaseData {
  const { start, end, target, statements } = look;
  return {
    target,
    dialect,
    version: end.server.version,
    source: start === null ? 'none' : 'watched',
    from: start === null ? null : new Date(start.takenAtMs).toISOString(),
    to: new Date(end.takenAtMs).toISOString(),
    coverage: statements.known ? { ...statements.value.coverage } : null,
    server: null,
    statements: rowsOf(look).slice(0, limit).map(statementData),
    tables: [],
    log: null,
    plans: null,
    misestimates: [],
  };
}
