import { z } from 'zod';
import { RearguardError } from '../../../core/errors.ts';
import { cancelLiveRun } from '../../../runtime/live-runs/live-runs.ts';
import { findFinding } from '../../../runtime/lookup.ts';
import { findWorkflow } from '../../../runtime/workflows/find.ts';
import { mcpTool } from '../call.ts';
import { DEFAULT_TIMEOUT_S, runLive, withCalls } from '../live-call.ts';
import { runAnswer } from '../run-answer.ts';
import { optionsSchema, runToolCommand, timeoutSchema } from './built-in.ts';

const input = z.object({
  action: z
    .enum(['check', 'verify', 'workflow', 'command', 'cancel'])
    .describe(
      'check: every safe check; verify: prove a fix; workflow: daily, pre-deploy, post-deploy, optimize, incident or an own one; command: of an own tool',
    ),
  finding: z.string().optional().describe('id, for verify'),
  workflow: z.string().optional().describe('name, for workflow'),
  tools: z.array(z.string()).optional().describe('only these, for check'),
  tool: z.string().optional().describe('name, for command'),
  command: z.string().optional().describe('for command'),
  options: optionsSchema.optional().describe('for command'),
  runId: z.string().optional().describe('for cancel'),
  timeoutSeconds: timeoutSchema
    .optional()
    .describe(`ends it; default ${DEFAULT_TIMEOUT_S}, of check and workflow their own budget`),
});
type Arguments = z.infer<typeof input>;

/** Everything that runs, but the commands of the built-in tools. */
export const runTool = mcpTool({
  name: 'run',
  title: 'Run a check, a proof or a workflow',
  description:
    'Start a check, verify a finding after a fix, run a workflow or an own tool, or cancel a run. Makes requests to the backend. Answers within 45 s, with a runId if it still runs.',
  input,
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true },
  async run(args, call) {
    const { runtime } = call;
    const timeout = args.timeoutSeconds === undefined ? {} : { timeoutMs: args.timeoutSeconds * 1_000 };
    switch (args.action) {
      case 'verify': {
        const { id } = findFinding(runtime.openStore(), needed(args, 'finding'));
        return runLive(call, {
          kind: 'verify',
          finding: id,
          timeoutMs: DEFAULT_TIMEOUT_S * 1_000,
          ...timeout,
        });
      }
      case 'workflow': {
        const { name } = findWorkflow(runtime.config.workflows, needed(args, 'workflow'));
        return runLive(call, { kind: 'workflow', workflow: name, ...timeout });
      }
      case 'command':
        return runToolCommand(call, {
          tool: needed(args, 'tool'),
          command: needed(args, 'command'),
          options: args.options ?? {},
          timeoutSeconds: args.timeoutSeconds,
        });
      case 'cancel':
        return runAnswer(await withCalls(call, await cancelLiveRun(runtime, needed(args, 'runId'))));
      default:
        return runLive(call, {
          kind: 'check',
          ...(args.tools === undefined ? {} : { tools: args.tools }),
          ...timeout,
        });
    }
  },
});

function needed(args: Arguments, field: 'finding' | 'workflow' | 'tool' | 'command' | 'runId'): string {
  const value = args[field];
  if (value !== undefined && value !== '') return value;
  throw new RearguardError('E_USAGE', {
    message: `run {"action": "${args.action}"} needs ${field}.`,
    hint: 'overview names what there is.',
  });
}
