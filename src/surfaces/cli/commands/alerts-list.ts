import { listAlerts } from '../../../runtime/alert-list.ts';
import { withRuntime } from '../open-runtime.ts';
import type { CommandResult, Invocation } from '../spec.ts';

/** `rearguard alerts list`. */
export async function run(invocation: Invocation): Promise<CommandResult> {
  return { ...(await withRuntime(invocation, {}, listAlerts)), plain: true };
}
