import { z } from 'zod';

export const watchDataSchema = z.object({
  watchedMs: z.number(),
  /** Time within it in which Rearguard itself was not looking. */
  gapMs: z.number(),
  changes: z.int(),
  databases: z.array(
    z.object({
      target: z.string(),
      state: z.enum(['seen', 'unreachable', 'not-yet']),
      connections: z.int().nullable(),
      usable: z.int().nullable(),
      averageActive: z.number().nullable(),
      topWait: z.string().nullable(),
      transactionsPerSecond: z.number().nullable(),
      cacheHitPercent: z.number().nullable(),
      blocked: z.int().nullable(),
      standing: z.array(z.object({ rule: z.string(), title: z.string() })),
      outages: z.int(),
    }),
  ),
});
