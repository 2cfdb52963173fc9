import { z } from 'zod';

/** A conclusion over findings and history: do this first, because, worth this much. */
export const insightSchema = z.object({
  /** 1 is first. */
  priority: z.number().int().min(1),
  action: z.string(),
  because: z.string(),
  worth: z.string().optional(),
  /** Ids of the findings it rests on. */
  findings: z.array(z.string()),
});
export type Insight = z.infer<typeof insightSchema>;
