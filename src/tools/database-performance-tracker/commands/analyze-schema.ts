import { z } from 'zod';
import { logSchema } from './log-schema.ts';

export const statementSchema = z.object({
  label: z.string(),
  key: z.string(),
  queryId: z.string(),
  /** Normalised; text of the user's program. */
  text: z.string().nullable(),
  calls: z.number(),
  totalMs: z.number(),
  meanMs: z.number().nullable(),
  /** By the log of the server; null: it does not tell, or none is named. */
  p95Ms: z.number().nullable(),
  /** Of the time that all statements took, 0 to 1. */
  share: z.number(),
  rows: z.number(),
  hitShare: z.number().nullable(),
  spilledBytes: z.number(),
  walBytes: z.number().nullable(),
  exactness: z.enum(['exact', 'lower-bound']),
  askedBy: z.string().nullable(),
});

export const databaseDataSchema = z.object({
  target: z.string(),
  dialect: z.enum(['postgresql', 'mysql', 'mariadb', 'sqlite']),
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
  /** null: counted only of PostgreSQL. */
  server: z
    .object({
      transactions: z.number().nullable(),
      hitShare: z.number().nullable(),
      tempBytes: z.number().nullable(),
      deadlocks: z.number().nullable(),
      walBytes: z.number().nullable(),
      checkpointsTimed: z.number().nullable(),
      checkpointsRequested: z.number().nullable(),
    })
    .nullable(),
  statements: z.array(statementSchema),
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
  log: logSchema,
  /** Only with --deep; null: not asked for. */
  plans: z
    .array(
      z.object({
        text: z.string(),
        hash: z.string(),
        totalCost: z.number().nullable(),
        steps: z.array(z.string()),
      }),
    )
    .nullable(),
  /** Steps about whose rows the planner was far off, of plans that auto_explain wrote with what really happened. */
  misestimates: z.array(
    z.object({
      statement: z.string(),
      step: z.string(),
      table: z.string().nullable(),
      expected: z.number(),
      actual: z.number(),
      factor: z.number(),
    }),
  ),
});
export type DatabaseData = z.infer<typeof databaseDataSchema>;
