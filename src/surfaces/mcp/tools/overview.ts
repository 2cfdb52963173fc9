import { z } from 'zod';
import { readStanding } from '../../../runtime/standing.ts';
import { mcpTool, reportOf } from '../call.ts';
import { ownAnswer } from '../own-answer.ts';

export const overviewTool = mcpTool({
  name: 'overview',
  title: 'How the backend stands',
  description:
    'Begin here: worst open findings, targets, firing alerts, runs under way, open session, own tools, workflows and what to do next. Reads the store only; takes milliseconds.',
  input: z.object({}),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  run: async (_, { runtime }) => ownAnswer(reportOf(await readStanding(runtime)), runtime.catalog),
});
