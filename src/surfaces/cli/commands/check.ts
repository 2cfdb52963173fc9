import { runCheck } from '../../../runtime/check.ts';
import { withRuntime } from '../open-runtime.ts';
import type { CommandResult, Invocation } from '../spec.ts';

/** `rearguard check`: --timeout is its budget, over all tools together. */
export function run(invocation: Invocation): Promise<CommandResult> {
  const { values, timeoutMs: budgetMs, signal } = invocation;
  return withRuntime(invocation, {}, (runtime) =>
    runCheck(runtime, { tools: values['tool'] as string[] | undefined, budgetMs, signal }),
  );
}
