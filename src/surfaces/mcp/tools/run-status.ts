import { z } from 'zod';
import { mcpTool } from '../call.ts';
import { followRun } from '../live-call.ts';

const MAX_WAIT_S = 40;

/** Of runs that are over too, also of those that somebody else began. */
export const runStatusTool = mcpTool({
  name: 'run_status',
  title: 'How a run stands',
  description:
    'How a run stands, and its report once it has ended; waits for the end. Run ids stay valid across restarts, as long as the store keeps reports (90 days). With a cursor, more findings of its report.',
  input: z.object({
    runId: z.string().describe('from the answer that began it, or from overview'),
    waitSeconds: z
      .int()
      .min(0)
      .max(MAX_WAIT_S)
      .optional()
      .describe(`wait so long for its end; default ${MAX_WAIT_S}`),
    cursor: z.string().optional().describe('nextCursor of the answer before'),
  }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  run: ({ runId, waitSeconds = MAX_WAIT_S, cursor }, call) =>
    followRun(call, runId, { waitMs: waitSeconds * 1_000, cancelWithCall: false, cursor }),
});
