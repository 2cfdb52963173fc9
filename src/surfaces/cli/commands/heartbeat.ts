import { reportHeartbeat } from '../../../runtime/heartbeat.ts';
import { withRuntime } from '../open-runtime.ts';
import type { CommandResult, Invocation } from '../spec.ts';

/** `rearguard heartbeat <name>`. */
export async function run(invocation: Invocation): Promise<CommandResult> {
  const name = String(invocation.values['name']);
  const result = await withRuntime(invocation, {}, (runtime) => reportHeartbeat(runtime, name));
  return { ...result, plain: true };
}
