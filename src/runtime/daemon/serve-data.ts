import { z } from 'zod';

/** Of a daemon that was stopped. */
const stoppedDataSchema = z.object({
  startedAt: z.iso.datetime(),
  stoppedAt: z.iso.datetime(),
  changes: z.int(),
  alertsFired: z.int(),
  reloads: z.int(),
  monitors: z.array(z.object({ tool: z.string(), command: z.string(), restarts: z.int() })),
});
export type StoppedData = z.infer<typeof stoppedDataSchema>;

/** Of `--healthcheck`, and of /healthz as far as it reads it. */
export const healthcheckDataSchema = z.object({
  status: z.enum(['ok', 'failing']),
  troubles: z.array(z.string()),
});

/** `report.data` of `rearguard serve`. */
export const serveDataSchema = z.union([stoppedDataSchema, healthcheckDataSchema]);
