import { cancelRun, listRuns, showRun } from '../../../runtime/live-runs/list.ts';
import { withRuntime } from '../open-runtime.ts';
import type { CommandResult, Invocation } from '../spec.ts';

/** `rearguard runs`. */
export async function list(invocation: Invocation): Promise<CommandResult> {
  const limit = (invocation.values['limit'] as number | undefined) ?? 20;
  return { ...(await withRuntime(invocation, {}, (runtime) => listRuns(runtime, limit))), plain: true };
}

/** `rearguard runs show <run>`. */
export function show(invocation: Invocation): Promise<CommandResult> {
  return withRuntime(invocation, {}, (runtime) => showRun(runtime, String(invocation.values['run'])));
}

/** `rearguard runs cancel <run>`. */
export async function cancel(invocation: Invocation): Promise<CommandResult> {
  const run = String(invocation.values['run']);
  return { ...(await withRuntime(invocation, {}, (runtime) => cancelRun(runtime, run))), plain: true };
}
