import { checkWorkspace } from '../../../runtime/workspace/check-workspace.ts';
import { refreshWorkspace } from '../../../runtime/workspace/refresh-workspace.ts';
import { BUILTIN_COMMANDS } from '../builtin.ts';
import { durationOf } from '../durations.ts';
import { withRuntime } from '../open-runtime.ts';
import type { CommandResult, Invocation } from '../spec.ts';

const DEFAULT_MAX_AGE_MS = 30 * 86_400_000;

/** `rearguard workspace check`. */
export async function check(invocation: Invocation): Promise<CommandResult> {
  const maxAgeMs = durationOf(invocation, 'maxAge') ?? DEFAULT_MAX_AGE_MS;
  const ownCommands = BUILTIN_COMMANDS.map(({ path }) => path);
  const result = await withRuntime(invocation, {}, (runtime) =>
    checkWorkspace(runtime, { ownCommands, maxAgeMs, signal: invocation.signal }),
  );
  return { ...result, plain: true };
}

/** `rearguard workspace refresh`. */
export async function refresh(invocation: Invocation): Promise<CommandResult> {
  const result = await withRuntime(invocation, {}, (runtime) => refreshWorkspace(runtime, invocation.signal));
  return { ...result, plain: true };
}
