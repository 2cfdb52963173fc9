import type { Block, Cell } from '../../../core/block.ts';
import { formatDuration } from '../../../core/duration.ts';
import { percent } from '../../../core/rounding.ts';
import { formatSize } from '../../../core/size.ts';
import type { Look } from '../analyze/look.ts';
import {
  coverageText,
  rowsOfLook,
  type ServerRow,
  serverRow,
  type TableRow,
  tableRows,
  type WindowSource,
} from '../analyze/report-rows.ts';
import type { CapturedPlans } from '../collect/plans.ts';
import type { DatabaseData } from './analyze-schema.ts';
import { logData, logSections } from './log-view.ts';
import { statementData, statementSections } from './statement-table.ts';

export interface Shown {
  look: Look;
  source: WindowSource;
  limit: number;
}

export function toDatabaseData({
  look,
  source,
  limit,
  plans,
}: Shown & { plans: CapturedPlans | null }): DatabaseData {
  const { statements, start, end } = look;
  return {
    target: look.target,
    dialect: 'postgresql',
    version: end.server.version,
    source,
    from: start === null ? null : new Date(start.takenAtMs).toISOString(),
    to: new Date(end.takenAtMs).toISOString(),
    coverage: statements.known ? { ...statements.value.coverage } : null,
    server: serverRow(look),
    statements: rowsOfLook(look).slice(0, limit).map(statementData),
    tables: tableRows(look, limit).map((row) => ({
      table: row.name,
      pagesRead: row.read,
      pagesHit: row.hit,
      seqScans: row.seqScans,
      indexScans: row.indexScans,
      inserted: row.inserted,
      updated: row.updated,
      hotUpdated: row.hotUpdated,
      deleted: row.deleted,
      liveRows: row.table.liveRows,
      deadRows: row.table.deadRows,
      bytes: row.table.totalBytes,
    })),
    log: logData(look.log),
    misestimates: look.misestimates.slice(0, limit).map((one) => ({ ...one })),
    plans:
      plans === null
        ? null
        : plans.plans.map(({ text, hash, totalCost, steps }) => ({
            text,
            hash,
            totalCost,
            steps: [...steps],
          })),
  };
}

export function databaseSections(shown: Shown): Block[] {
  const { look, limit } = shown;
  return [
    headline(shown),
    ...statementSections(rowsOfLook(look), look.options.statements.slow, limit),
    ...tableTable(look, limit),
    ...logSections(look.log, { limit, title: 'The log of the server in this time' }),
  ];
}

function headline({ look, source }: Shown): Block {
  const { start, end, statements, target } = look;
  const span = start === null ? null : formatDuration(end.takenAtMs - start.takenAtMs);
  const where =
    span === null
      ? 'as it is now'
      : source === 'history'
        ? `the last ${span}, from history`
        : `${span}, watched just now`;
  const lines = [
    ...serverLines(serverRow(look)),
    ...(statements.known ? [`Statements: ${coverageText(statements.value)}.`] : []),
  ];
  return {
    kind: 'text',
    title: `${target}, PostgreSQL ${end.server.version}: ${where}`,
    text: lines.join('\n') || 'Nothing was counted over time.',
  };
}

function serverLines(row: ServerRow): string[] {
  const parts = [
    row.transactions === null ? null : `${row.transactions} transactions`,
    row.hitShare === null ? null : `${percent(row.hitShare)} % of pages from the cache`,
    row.walBytes === null ? null : `${formatSize(row.walBytes)} of log`,
    row.tempBytes === null || row.tempBytes === 0 ? null : `${formatSize(row.tempBytes)} of temporary files`,
    row.checkpointsRequested === null || row.checkpointsTimed === null
      ? null
      : row.checkpointsRequested + row.checkpointsTimed === 0
        ? null
        : `checkpoints: ${row.checkpointsTimed} by timer, ${row.checkpointsRequested} requested`,
  ].filter((part) => part !== null);
  return parts.length === 0 ? [] : [`${parts.join(', ')}.`];
}

function tableTable(look: Look, limit: number): Block[] {
  const rows = tableRows(look, limit);
  if (rows.length === 0) return [];
  return [
    {
      kind: 'table',
      title: 'Tables, by what was read of them',
      columns: [
        { header: 'table' },
        { header: 'size', align: 'right' },
        { header: 'pages', align: 'right' },
        { header: 'cache', align: 'right', unit: '%' },
        { header: 'whole', align: 'right' },
        { header: 'by index', align: 'right' },
        { header: 'written', align: 'right' },
        { header: 'dead', align: 'right' },
      ],
      rows: rows.map((row): Cell[] => tableCells(row)),
    },
  ];
}

function tableCells(row: TableRow): Cell[] {
  return [
    row.name,
    row.table.totalBytes === null ? null : formatSize(row.table.totalBytes),
    row.read + row.hit,
    percent(row.hit / (row.read + row.hit)),
    row.seqScans,
    row.indexScans,
    row.inserted + row.updated + row.deleted,
    row.table.deadRows,
  ];
}
