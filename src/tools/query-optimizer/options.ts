import { z } from 'zod';
import { durationSchema, sizeSchema } from '../../core/schemas.ts';

const count = (fallback: number, description: string) =>
  z.number().positive().default(fallback).describe(description);
const share = (fallback: number, description: string) =>
  z.number().gt(0).max(1).default(fallback).describe(description);

/** This tool's section of the config. */
export const optimizerOptionsSchema = z.strictObject({
  minTime: durationSchema(
    'A query is looked at by rules about cost when its mean time is at least this, or its share is `minShare`',
    '100ms',
  ),
  minShare: share(
    0.05,
    'Share of the time of all queries from which on a query is looked at, however fast it is',
  ),
  watch: durationSchema('How long `analyze` watches without a duration', '10s'),
  unitsSince: durationSchema(
    'How far back spans and logs of the target are looked at for requests that ask the same again and again',
    '15m',
  ),
  whatIf: z
    .enum(['auto', 'ghost', 'hypopg'])
    .default('auto')
    .describe(
      'What plans with indexes that do not exist: `ghost`, a statistics-only clone beside your server; `hypopg`, the extension in your database; `auto`, a ghost where it can be had',
    ),
  statementTimeout: durationSchema('Longest any of our own queries may take', '5s'),
  nPlusOne: z
    .strictObject({
      calls: count(40, 'Calls of the look-up in the window below which it is not judged'),
      perList: count(3, 'Look-ups for each list below which it is not reported'),
      tolerance: share(0.1, 'How far calls of the look-up may be from rows of the list'),
    })
    .prefault({}),
  deepOffset: z
    .strictObject({
      readPerRow: count(1_000, 'Rows or pages read for each row returned'),
    })
    .prefault({}),
  countLarge: z
    .strictObject({
      rows: count(100_000, 'Rows of the table that is counted'),
    })
    .prefault({}),
  wideSelect: z
    .strictObject({
      bytesPerCall: sizeSchema('Bytes of wide columns that one call returns', '1MB'),
      columnBytes: sizeSchema('Average width from which on a column is wide', '1kB'),
    })
    .prefault({}),
  indexable: z
    .strictObject({
      rows: count(10_000, 'Rows of a table from which on it matters whether an index can be used'),
    })
    .prefault({}),
  missingLimit: z
    .strictObject({
      rowsPerCall: count(10_000, 'Rows that one call returns'),
    })
    .prefault({}),
  perRowSubquery: z
    .strictObject({
      rows: count(1_000, 'Rows of the query around it, a call'),
    })
    .prefault({}),
  lockProne: z
    .strictObject({
      rowsPerCall: count(10_000, 'Rows that one statement changes'),
    })
    .prefault({}),
  cacheableRead: z
    .strictObject({
      calls: count(50, 'Calls in the window below which it is not judged'),
      hitRate: share(0.9, 'Modelled hit rate from which on a cache is worth it'),
    })
    .prefault({}),
  proof: z
    .strictObject({
      clone: z
        .enum(['loopback', 'allow', 'never'])
        .default('loopback')
        .describe(
          'Whether rows may be copied into a throwaway server on this machine to prove advice: of databases on loopback, of all, of none',
        ),
      maxBytes: sizeSchema('Rows copied at most for one proof; larger tables are sampled', '512MB'),
      rounds: z.int().min(3).max(15).default(7).describe('Pairs of runs, before and after, of each query'),
      timeout: durationSchema('Longest one run of one query may take', '10s'),
      budget: durationSchema('Time for all runs of one proof together', '60s'),
      slowerRatio: z
        .number()
        .gt(1)
        .default(1.2)
        .describe('A query is slower when it takes more than this many times as long'),
      slowerMs: z.number().nonnegative().default(5).describe('… and more than this many milliseconds more'),
    })
    .prefault({}),
});
export type OptimizerOptions = z.infer<typeof optimizerOptionsSchema>;
