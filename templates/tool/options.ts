import { z } from 'rearguard';

/** The section `tools.tool-name` of the config. It must accept `{}`: every field has a default. */
export const options = z.strictObject({
  paths: z
    .array(z.string().startsWith('/'))
    .min(1)
    .default(['/'])
    .describe('Paths to ask for, on every HTTP target'),
  samples: z.number().int().min(1).max(100).default(5).describe('Requests to each path'),
  maxP95Ms: z
    .number()
    .positive()
    .default(500)
    .describe('A path whose p95 is above this is reported, in milliseconds'),
  timeoutMs: z.number().int().min(100).default(10_000).describe('Limit of one request, in milliseconds'),
});
export type Options = z.infer<typeof options>;
