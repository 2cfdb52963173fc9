import { z } from 'zod';
import { reportErrorSchema, reportStatusSchema } from '../core/report.ts';

/** `report.data` of `rearguard check`. */
export const checkDataSchema = z.object({
  budgetMs: z.number(),
  /** Findings by their state against the runs before. */
  states: z.object({
    new: z.number().int(),
    ongoing: z.number().int(),
    regressed: z.number().int(),
    resolved: z.number().int(),
    muted: z.number().int(),
  }),
  /** When the check ran before this one; null when it never did. */
  previousRunAt: z.iso.datetime().nullable(),
  tools: z.array(
    z.object({
      tool: z.string(),
      /** null when the tool could not be loaded or did not get as far as a report. */
      command: z.string().nullable(),
      /** late: not done within the budget. */
      state: z.enum(['finished', 'failed', 'late', 'interrupted']),
      status: reportStatusSchema,
      summary: z.string(),
      durationMs: z.number(),
      runId: z.string().nullable(),
      error: reportErrorSchema.optional(),
    }),
  ),
});
export type CheckData = z.infer<typeof checkDataSchema>;
