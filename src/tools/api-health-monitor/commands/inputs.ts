import { z } from 'zod';

/** Options that several commands of this tool share, worded once. */
export const endpointSelectionInput = {
  endpoints: z
    .array(z.string())
    .optional()
    .describe(
      'Endpoints: /path, "GET /path" or "target GET /path". Default: those of the config, else safe GETs of the OpenAPI document',
    ),
  target: z.string().optional().describe('Only this target'),
};

export const samplesInput = z.coerce.number().int().min(4).max(10_000).optional();
