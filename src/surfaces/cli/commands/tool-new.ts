import { newTool } from '../../../runtime/own-tools/new-tool.ts';
import { BUILTIN_COMMANDS } from '../builtin.ts';
import { withRuntime } from '../open-runtime.ts';
import type { CommandResult, Invocation } from '../spec.ts';

/** `rearguard tool new <name>`: asks nothing. */
export function run(invocation: Invocation): Promise<CommandResult> {
  const { values, signal } = invocation;
  const reserved = [...new Set(BUILTIN_COMMANDS.map(({ path }) => path[0] ?? '')), 'help'];
  return withRuntime(invocation, {}, async (runtime) => ({
    ...(await newTool(runtime, { name: values['name'] as string, reserved, signal })),
    plain: true,
  }));
}
