import { z } from 'zod';
import { logSchema } from './log-schema.ts';

const callSchema = z.object({ ms: z.number(), calls: z.number(), callsPerMinute: z.number() });

export const nightDataSchema = z.object({
  target: z.string(),
  from: z.iso.datetime().nullable(),
  to: z.iso.datetime().nullable(),
  /** Windows between neighbouring looks. */
  intervals: z.int(),
  regressions: z.array(
    z.object({
      statement: z.string(),
      text: z.string().nullable(),
      stepFrom: z.iso.datetime(),
      stepTo: z.iso.datetime(),
      pValue: z.number(),
      before: callSchema,
      after: callSchema,
      /** Of the time of all statements since the step, 0 to 1. */
      extraShare: z.number(),
      planBefore: z.string().nullable(),
      planAfter: z.string().nullable(),
      causes: z.array(z.object({ kind: z.string(), summary: z.string(), statement: z.string().nullable() })),
    }),
  ),
  /** Called more often, each call as long as before: no regression. */
  loads: z.array(z.object({ statement: z.string(), before: callSchema, after: callSchema })),
  newcomers: z.array(
    z.object({ statement: z.string(), first: z.iso.datetime(), now: callSchema, share: z.number() }),
  ),
  planChanges: z.array(
    z.object({ statement: z.string(), at: z.iso.datetime(), before: z.string(), after: z.string() }),
  ),
  tables: z.array(
    z.object({
      table: z.string(),
      beforeBytes: z.number(),
      afterBytes: z.number(),
      written: z.number(),
      vacuums: z.number(),
      analyzes: z.number(),
    }),
  ),
  server: z.object({
    walBytes: z.number().nullable(),
    checkpointsTimed: z.number().nullable(),
    checkpointsRequested: z.number().nullable(),
    deadlocks: z.number().nullable(),
    conflicts: z.number().nullable(),
    rollbacks: z.number().nullable(),
    abandonedSessions: z.number().nullable(),
    killedSessions: z.number().nullable(),
    restarts: z.int(),
  }),
  log: logSchema,
});
