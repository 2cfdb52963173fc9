import { z } from 'zod';
import type { Block } from '../../../core/block.ts';
import { formatDuration } from '../../../core/duration.ts';
import { ms } from '../../../core/rounding.ts';
import type { StatementWindow } from '../../_shared/database/statements.ts';
import { forecastLimit } from '../analyze/connections.ts';
import type { Look } from '../collect/look.ts';
import {
  connectionsBlock,
  progressBlock,
  replicationBlock,
  runningBlock,
  slotsBlock,
  statementCell,
  waitsBlock,
} from './live-blocks.ts';
import {
  chainsData,
  chainsSchema,
  connectionsData,
  connectionsSchema,
  connectionUse,
  runningData,
  runningSchema,
  waitsData,
  waitsSchema,
} from './live-data.ts';
import { lockTree } from './lock-tree.ts';

const MAX_STATEMENTS = 5;
const MAX_STATEMENTS_IN_DATA = 50;

export const currentStateSchema = z.object({
  target: z.string(),
  version: z.string(),
  inRecovery: z.boolean(),
  startedAt: z.iso.datetime(),
  connections: connectionsSchema.nullable(),
  waits: waitsSchema.nullable(),
  blocking: chainsSchema.nullable(),
  running: runningSchema.nullable(),
  statements: z
    .array(
      z.object({
        queryId: z.string(),
        calls: z.number(),
        totalMs: z.number(),
        meanMs: z.number().nullable(),
        rows: z.number(),
        text: z.string().nullable(),
      }),
    )
    .nullable(),
  replication: z
    .array(
      z.object({
        standby: z.string(),
        state: z.string(),
        lagBytes: z.number().nullable(),
        replayLagMs: z.number().nullable(),
      }),
    )
    .nullable(),
  slots: z
    .array(z.object({ name: z.string(), active: z.boolean(), retainedBytes: z.number().nullable() }))
    .nullable(),
  progress: z
    .array(
      z.object({
        command: z.string(),
        table: z.string().nullable(),
        phase: z.string(),
        share: z.number().nullable(),
        automatic: z.boolean(),
      }),
    )
    .nullable(),
});

export function currentStateSections({ facts, statements }: Look): Block[] {
  const { activity, forest, replication, slots, progress, history, server, target } = facts;
  const use = connectionUse(facts);
  const role = server.inRecovery ? 'standby' : 'primary';
  const upFor = formatDuration(Math.max(0, facts.atMs - server.startedAtMs));
  return [
    { kind: 'text', text: `${target}: ${server.version}, ${role}, up ${upFor}`, tone: 'muted' },
    ...(forest.known ? lockTree(forest.value, 'Who holds up whom') : []),
    ...(use === null ? [] : [connectionsBlock('Sessions', use, forecastLimit(use, history.used))]),
    ...waitsBlock(facts.waits),
    ...(activity.known ? runningBlock(activity.value) : []),
    ...(statements.known ? statementsBlock(statements.value) : []),
    ...(replication.known ? replicationBlock(replication.value) : []),
    ...(slots.known ? slotsBlock(slots.value) : []),
    ...(progress.known ? progressBlock(progress.value) : []),
  ];
}

function statementsBlock({ statements, fromMs, toMs }: StatementWindow): Block[] {
  if (statements.length === 0) return [];
  const totalMs = statements.reduce((sum, statement) => sum + statement.totalMs, 0);
  const shown = statements.slice(0, MAX_STATEMENTS);
  return [
    {
      kind: 'table',
      title: `Statements of the last ${formatDuration(toMs - fromMs)}, by time`,
      columns: [
        { header: 'share', align: 'right', unit: '%' },
        { header: 'calls', align: 'right' },
        { header: 'mean', align: 'right', unit: 'ms' },
        { header: 'statement' },
      ],
      rows: shown.map((statement) => [
        totalMs === 0 ? null : Math.round((statement.totalMs / totalMs) * 100),
        statement.calls,
        statement.meanMs === null ? null : ms(statement.meanMs),
        statementCell(statement.text),
      ]),
      ...(statements.length > shown.length ? { omitted: statements.length - shown.length } : {}),
    },
  ];
}

export function currentStateData({ facts, statements }: Look): z.infer<typeof currentStateSchema> {
  const { server, replication, slots, progress } = facts;
  return {
    target: facts.target,
    version: server.version,
    inRecovery: server.inRecovery,
    startedAt: new Date(server.startedAtMs).toISOString(),
    connections: connectionsData(facts),
    waits: waitsData(facts.waits),
    blocking: chainsData(facts),
    running: runningData(facts.activity),
    statements: statements.known
      ? statements.value.statements
          .slice(0, MAX_STATEMENTS_IN_DATA)
          .map(({ queryId, calls, totalMs, meanMs, rows, text }) => ({
            queryId,
            calls,
            totalMs,
            meanMs,
            rows,
            text,
          }))
      : null,
    replication: replication.known
      ? replication.value.senders.map(({ application, state, lagBytes, replayLagMs }) => ({
          standby: application,
          state,
          lagBytes,
          replayLagMs,
        }))
      : null,
    slots: slots.known
      ? slots.value.map(({ name, active, retainedBytes }) => ({ name, active, retainedBytes }))
      : null,
    progress: progress.known
      ? progress.value.map(({ command, table, phase, share, automatic }) => ({
          command,
          table,
          phase,
          share,
          automatic,
        }))
      : null,
  };
}
