import { z } from 'zod';
import type { Block, Cell } from '../../../core/block.ts';
import { formatDuration } from '../../../core/duration.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { querySubject } from '../../_shared/database/subjects.ts';
import { buffersPerCall, rowsPerCall } from '../analyze/context.ts';
import { figure, rounded } from '../analyze/figures.ts';
import type { Observed } from '../collect/observe.ts';
import { TOOL } from '../rules.ts';
import type { WorkloadQuery } from '../workload.ts';

export const queryDataSchema = z.object({
  /** Eight digits of the identity, as in names of findings. */
  key: z.string(),
  label: z.string(),
  calls: z.number(),
  totalMs: z.number(),
  meanMs: z.number(),
  /** Of the time of all queries, 0 to 1. */
  share: z.number(),
  rowsPerCall: z.number(),
  buffersPerCall: z.number(),
  /** Counted in full, or at least this much. */
  exactness: z.enum(['exact', 'lower-bound']),
  text: z.string().nullable(),
  /** Rules that report it. */
  rules: z.array(z.string()),
});

export const databaseDataSchema = z.object({
  target: z.string(),
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  /** Part of what the server did that the statements account for, 0 to 1; null where it does not count. */
  coverage: z.number().nullable(),
  queries: z.array(queryDataSchema),
  /** Queries that were seen and are not listed. */
  omitted: z.int(),
});
export type DatabaseData = z.infer<typeof databaseDataSchema>;

/** The most expensive queries of one database, as data. */
export function toDatabaseData(
  { target, observation, coverage }: Observed,
  findings: readonly FindingDraft[],
  limit: number,
): DatabaseData | null {
  if (observation === null) return null;
  const { workload } = observation;
  const totalMs = workload.queries.reduce((sum, query) => sum + query.totalMs, 0);
  return {
    target,
    from: new Date(workload.fromMs).toISOString(),
    to: new Date(workload.toMs).toISOString(),
    coverage: coverage?.share ?? null,
    queries: workload.queries.slice(0, limit).map((query) => toQueryData(query, totalMs, target, findings)),
    omitted: Math.max(0, workload.queries.length - limit),
  };
}

function toQueryData(
  query: WorkloadQuery,
  totalMs: number,
  target: string,
  findings: readonly FindingDraft[],
): DatabaseData['queries'][number] {
  const { name } = querySubject(target, query.shape);
  return {
    key: query.shape.key.slice(0, 8),
    label: query.shape.label,
    calls: query.calls,
    totalMs: rounded(query.totalMs),
    meanMs: rounded(query.meanMs),
    share: totalMs === 0 ? 0 : Number((query.totalMs / totalMs).toFixed(4)),
    rowsPerCall: rounded(rowsPerCall(query)),
    buffersPerCall: rounded(buffersPerCall(query)),
    exactness: query.exactness,
    text: query.texts[0] ?? null,
    rules: findings
      .filter(({ subject }) => subject.name === name)
      .map(({ rule }) => rule.slice(TOOL.length + 1)),
  };
}

const LABEL_WIDTH = 34;

export function analyzeSections(databases: readonly DatabaseData[]): Block[] {
  return databases.flatMap((database): Block[] => {
    if (database.queries.length === 0) return [];
    const lengthMs = Date.parse(database.to) - Date.parse(database.from);
    return [
      {
        kind: 'table',
        title: `${database.target}: queries by time, ${formatDuration(lengthMs)}`,
        columns: [
          { header: 'query' },
          { header: 'key' },
          { header: 'calls', align: 'right' },
          { header: 'mean', align: 'right', unit: 'ms' },
          { header: 'time', align: 'right', unit: '%' },
          { header: 'rows', align: 'right' },
        ],
        rows: database.queries.map(toRow),
        ...(database.omitted === 0 ? {} : { omitted: database.omitted }),
      },
    ];
  });
}

function toRow({
  label,
  key,
  calls,
  meanMs,
  share,
  rowsPerCall: rows,
  rules,
}: DatabaseData['queries'][number]): Cell[] {
  const short = label.length > LABEL_WIDTH ? `${label.slice(0, LABEL_WIDTH - 1)}…` : label;
  return [
    rules.length === 0 ? short : { text: short, tone: 'warn' },
    key,
    figure(calls),
    figure(meanMs),
    Number((100 * share).toFixed(1)),
    figure(rows),
  ];
}
