import { z } from 'zod';
import type { Block, Cell } from '../../../core/block.ts';
import { formatDuration } from '../../../core/duration.ts';
import { ms, percent } from '../../../core/rounding.ts';
import { formatSize } from '../../../core/size.ts';
import { oneLine } from '../../../core/text.ts';
import type { Look } from '../analyze/look.ts';
import {
  coverageText,
  type ServerRow,
  serverRow,
  type StatementRow,
  statementRows,
  type TableRow,
  tableRows,
  type WindowSource,
} from '../analyze/report-rows.ts';
import { describeOrigins } from '../analyze/statements/names.ts';

export const databaseDataSchema = z.object({
  target: z.string(),
  version: z.string(),
  source: z.enum(['history', 'watched', 'none']),
  from: z.iso.datetime().nullable(),
  to: z.iso.datetime(),
  /** How much of what the server did the statements are; null: they could not be read. */
  coverage: z
    .object({
      trackedMs: z.number(),
      databaseMs: z.number().nullable(),
      share: z.number().nullable(),
      evictions: z.number().nullable(),
      resets: z.number(),
      ownMs: z.number(),
    })
    .nullable(),
  server: z.object({
    transactions: z.number().nullable(),
    hitShare: z.number().nullable(),
    tempBytes: z.number().nullable(),
    deadlocks: z.number().nullable(),
    walBytes: z.number().nullable(),
    checkpointsTimed: z.number().nullable(),
    checkpointsRequested: z.number().nullable(),
  }),
  statements: z.array(
    z.object({
      label: z.string(),
      key: z.string(),
      queryId: z.string(),
      /** Normalised; text of the user's program. */
      text: z.string().nullable(),
      calls: z.number(),
      totalMs: z.number(),
      meanMs: z.number().nullable(),
      share: z.number(),
      rows: z.number(),
      hitShare: z.number().nullable(),
      spilledBytes: z.number(),
      walBytes: z.number().nullable(),
      exactness: z.enum(['exact', 'lower-bound']),
      askedBy: z.string().nullable(),
    }),
  ),
  tables: z.array(
    z.object({
      table: z.string(),
      pagesRead: z.number(),
      pagesHit: z.number(),
      seqScans: z.number(),
      indexScans: z.number(),
      inserted: z.number(),
      updated: z.number(),
      hotUpdated: z.number(),
      deleted: z.number(),
      liveRows: z.number(),
      deadRows: z.number(),
      bytes: z.number().nullable(),
    }),
  ),
});
export type DatabaseData = z.infer<typeof databaseDataSchema>;

export interface Shown {
  look: Look;
  source: WindowSource;
  limit: number;
}

export function toDatabaseData({ look, source, limit }: Shown): DatabaseData {
  const { statements, start, end } = look;
  return {
    target: look.target,
    version: end.server.version,
    source,
    from: start === null ? null : new Date(start.takenAtMs).toISOString(),
    to: new Date(end.takenAtMs).toISOString(),
    coverage: statements.known ? { ...statements.value.coverage } : null,
    server: serverRow(look),
    statements: statementRows(look, limit).map(({ name, delta, share, hitShare, spilledBytes }) => ({
      label: name.label,
      key: name.key,
      queryId: delta.queryId,
      text: delta.text,
      calls: delta.calls,
      totalMs: delta.totalMs,
      meanMs: delta.meanMs,
      share,
      rows: delta.rows,
      hitShare,
      spilledBytes,
      walBytes: delta.walBytes,
      exactness: delta.exactness,
      askedBy: describeOrigins(name.origins),
    })),
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
  };
}

export function databaseSections(shown: Shown): Block[] {
  const { look, limit } = shown;
  return [
    headline(shown),
    ...statementTable(look, limit),
    ...statementTexts(look),
    ...tableTable(look, limit),
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

function statementTable(look: Look, limit: number): Block[] {
  const rows = statementRows(look, limit);
  if (rows.length === 0 || !look.statements.known) return [];
  const omitted = look.statements.value.statements.length - rows.length;
  return [
    {
      kind: 'table',
      title: 'Statements, by the time they took',
      columns: [
        { header: 'statement' },
        { header: 'time', align: 'right', unit: '%' },
        { header: 'calls', align: 'right' },
        { header: 'mean', align: 'right', unit: 'ms' },
        { header: 'rows', align: 'right' },
        { header: 'cache', align: 'right', unit: '%' },
        { header: 'spilled', align: 'right' },
      ],
      rows: rows.map((row) => toCells(row, look.options.statements.slow)),
      ...(omitted > 0 ? { omitted } : {}),
    },
  ];
}

function toCells({ name, delta, share, hitShare, spilledBytes }: StatementRow, slowMs: number): Cell[] {
  const meanMs = delta.meanMs ?? 0;
  return [
    `${name.label} ${name.key.slice(0, 8)}`,
    percent(share),
    delta.exactness === 'exact' ? delta.calls : `>= ${delta.calls}`,
    meanMs >= slowMs ? { text: String(ms(meanMs)), tone: 'warn' } : ms(meanMs),
    delta.calls === 0 ? null : Number((delta.rows / delta.calls).toPrecision(3)),
    hitShare === null ? null : percent(hitShare),
    spilledBytes === 0 ? null : { text: formatSize(spilledBytes), tone: 'warn' },
  ];
}

const TEXTS = 3;

/** The first ones in full, and who asks for them. */
function statementTexts(look: Look): Block[] {
  return statementRows(look, TEXTS).flatMap(({ name, delta }): Block[] => {
    const from = describeOrigins(name.origins);
    if (delta.text === null) return [];
    return [
      {
        kind: 'text',
        title: `${name.label} ${name.key.slice(0, 8)}${from === null ? '' : `, asked by ${from}`}`,
        text: oneLine(delta.text),
        tone: 'muted',
      },
    ];
  });
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
