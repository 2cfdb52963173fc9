import { z } from 'zod';

/** `report.data` of a daemon that was stopped. */
export const serveDataSchema = z.object({
  startedAt: z.iso.datetime(),
  stoppedAt: z.iso.datetime(),
  changes: z.int(),
  alertsFired: z.int(),
  reloads: z.int(),
  monitors: z.array(z.object({ tool: z.string(), command: z.string(), restarts: z.int() })),
});
export type ServeData = z.infer<typeof serveDataSchema>;
