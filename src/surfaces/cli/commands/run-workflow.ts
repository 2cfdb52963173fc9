import { listWorkflows } from '../../../runtime/workflows/list.ts';
import { runWorkflowNamed } from '../../../runtime/workflows/run.ts';
import { withRuntime } from '../open-runtime.ts';
import type { CommandResult, Invocation } from '../spec.ts';

/** `rearguard run [workflow]`: --timeout is its budget. */
export async function run(invocation: Invocation): Promise<CommandResult> {
  const { values, timeoutMs, signal } = invocation;
  const name = values['workflow'] as string | undefined;
  if (name === undefined) return { ...(await withRuntime(invocation, {}, listWorkflows)), plain: true };
  const budget = timeoutMs === undefined ? {} : { budgetMs: timeoutMs };
  return withRuntime(invocation, {}, (runtime) =>
    runWorkflowNamed(runtime, name, {
      signal,
      ...budget,
      // Minutes may pass, and where nobody watches there is no line of progress.
      onStep: ({ name: step, state, done, total }) => {
        if (state !== 'running') runtime.log.info(`${done}/${total}  ${step}: ${state}`);
      },
    }),
  );
}
