import { z } from 'zod';

const time = z.iso.datetime().nullable();

/** null: no log is named, or it could not be read; coverage says which. */
export const logSchema = z
  .object({
    source: z.string(),
    records: z.int(),
    errors: z.array(
      z.object({
        /** SQLSTATE. */
        code: z.string().nullable(),
        severity: z.string(),
        application: z.string().nullable(),
        count: z.int(),
        message: z.string(),
        /** One of the statements that failed so. */
        statement: z.string().nullable(),
        first: time,
        last: time,
      }),
    ),
    deadlocks: z.int(),
    newestDeadlocks: z.array(
      z.object({
        at: time,
        participants: z.array(
          z.object({
            processId: z.int(),
            application: z.string().nullable(),
            waitsFor: z.string(),
            blockedBy: z.int(),
            statement: z.string().nullable(),
          }),
        ),
      }),
    ),
    lockWaits: z.object({ count: z.int(), longestMs: z.number() }),
    temporaryFiles: z.object({ count: z.int(), bytes: z.number() }),
    /** Crashes, starts and failures to archive. */
    server: z.array(
      z.object({ what: z.enum(['crash', 'start', 'archiving']), at: time, message: z.string() }),
    ),
  })
  .nullable();
