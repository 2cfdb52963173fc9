import { z } from 'zod';
import { checkDataSchema } from '../check-data.ts';
import { explanationSchema } from './incident/explanation.ts';

const tool = checkDataSchema.shape.tools.element;

/** `report.data` of `rearguard run <name>`. */
export const workflowDataSchema = z.object({
  workflow: z.string(),
  steps: z.array(tool.omit({ tool: true }).extend({ name: z.string() })),
  leftOut: z.array(z.object({ name: z.string(), reason: z.string() })),
  states: checkDataSchema.shape.states,
  /** Against the last run of the same workflow; null when there was none. */
  since: z
    .object({
      at: z.iso.datetime(),
      /** Ids of findings that stand now and did not then. */
      appeared: z.array(z.string()),
      /** Ids of findings that stood then; their rule came to a verdict on their subject now, and does not report them. */
      gone: z.array(z.string()),
      /** Ids of findings that stood then; nobody looked now. */
      notLookedAt: z.array(z.string()),
      /** Figures that moved by a tenth or more. */
      moved: z.array(
        z.object({
          finding: z.string(),
          label: z.string(),
          before: z.number(),
          after: z.number(),
          unit: z.string().nullable(),
        }),
      ),
    })
    .nullable(),
  /** Of an incident, likeliest first; empty for other workflows, and where nothing explains it. */
  explanations: z.array(explanationSchema),
});
export type WorkflowData = z.infer<typeof workflowDataSchema>;

/** `report.data` of `rearguard run` without a name. */
export const workflowListDataSchema = z.object({
  workflows: z.array(
    z.object({
      name: z.string(),
      summary: z.string(),
      origin: z.enum(['built-in', 'config']),
      steps: z.array(z.array(z.string())),
    }),
  ),
});
