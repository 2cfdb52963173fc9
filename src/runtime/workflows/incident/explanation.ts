import { z } from 'zod';

const statementSchema = z.object({
  text: z.string(),
  /** Share of the score that it adds or takes. */
  weight: z.number(),
  /** Ids of findings it rests on. */
  findings: z.array(z.string()),
});
export type Statement = z.infer<typeof statementSchema>;

/** One thing that could be behind an incident, with what speaks for it and what against. */
export const explanationSchema = z.object({
  kind: z.enum(['deploy', 'change', 'dependency', 'lock', 'saturation', 'slow-query', 'error']),
  title: z.string(),
  /** When it began, as far as anybody saw; null where nobody did. */
  sinceMs: z.number().nullable(),
  /** 0 to 1: the sum of the weights, cut at both ends. Only good for comparing explanations of one incident. */
  score: z.number().min(0).max(1),
  evidence: z.array(statementSchema),
  /** What should be seen if it were true and is not, and what began before it. */
  against: z.array(statementSchema),
  /** The command that would decide. */
  decide: z.string(),
});
export type Explanation = z.infer<typeof explanationSchema>;
