import type { z } from 'zod';
import type { Block, Cell } from '../../../core/block.ts';
import { ms, percent } from '../../../core/rounding.ts';
import { formatSize } from '../../../core/size.ts';
import { oneLine } from '../../../core/text.ts';
import type { StatementRow } from '../analyze/report-rows.ts';
import { describeOrigins } from '../analyze/statements/names.ts';
import type { statementSchema } from './analyze-schema.ts';

export function statementData({
  name,
  delta,
  share,
  hitShare,
  spilledBytes,
  p95Ms,
}: StatementRow): z.infer<typeof statementSchema> {
  return {
    label: name.label,
    key: name.key,
    queryId: delta.queryId,
    text: delta.text,
    calls: delta.calls,
    totalMs: delta.totalMs,
    meanMs: delta.meanMs,
    p95Ms,
    share,
    rows: delta.rows,
    hitShare,
    spilledBytes,
    walBytes: delta.walBytes,
    exactness: delta.exactness,
    askedBy: describeOrigins(name.origins),
  };
}

/** The first ones in full. */
const TEXTS = 3;

/** The statements of a window by their time, and the text of the first ones. */
export function statementSections(rows: readonly StatementRow[], slowMs: number, limit: number): Block[] {
  if (rows.length === 0) return [];
  const omitted = rows.length - limit;
  const hasP95 = rows.slice(0, limit).some(({ p95Ms }) => p95Ms !== null);
  return [
    {
      kind: 'table',
      title: 'Statements, by the time they took',
      columns: [
        { header: 'statement' },
        { header: 'time', align: 'right', unit: '%' },
        { header: 'calls', align: 'right' },
        { header: 'mean', align: 'right', unit: 'ms' },
        ...(hasP95 ? [{ header: 'p95', align: 'right' as const, unit: 'ms' }] : []),
        { header: 'rows', align: 'right' },
        { header: 'cache', align: 'right', unit: '%' },
        { header: 'spilled', align: 'right' },
      ],
      rows: rows.slice(0, limit).map((row) => toCells(row, slowMs, hasP95)),
      ...(omitted > 0 ? { omitted } : {}),
    },
    ...rows.slice(0, TEXTS).flatMap(statementText),
  ];
}

function toCells(
  { name, delta, share, hitShare, spilledBytes, p95Ms }: StatementRow,
  slowMs: number,
  hasP95: boolean,
): Cell[] {
  const meanMs = delta.meanMs ?? 0;
  return [
    shortName(name),
    percent(share),
    delta.exactness === 'exact' ? delta.calls : `>= ${delta.calls}`,
    meanMs >= slowMs ? { text: String(ms(meanMs)), tone: 'warn' } : ms(meanMs),
    ...(hasP95 ? [p95Ms === null ? null : ms(p95Ms)] : []),
    delta.calls === 0 ? null : Number((delta.rows / delta.calls).toPrecision(3)),
    hitShare === null ? null : percent(hitShare),
    spilledBytes === 0 ? null : { text: formatSize(spilledBytes), tone: 'warn' },
  ];
}

/** As in the names of findings, without the target. */
export function shortName({ label, key }: StatementRow['name']): string {
  return `${label} ${key.slice(0, 8)}`;
}

function statementText({ name, delta }: StatementRow): Block[] {
  if (delta.text === null) return [];
  const from = describeOrigins(name.origins);
  return [
    {
      kind: 'text',
      title: `${shortName(name)}${from === null ? '' : `, asked by ${from}`}`,
      text: oneLine(delta.text),
      tone: 'muted',
    },
  ];
}
