import { toolNewDataSchema } from '../../../runtime/own-tools/new-tool-data.ts';
import { newTool } from '../../../runtime/own-tools/new-tool.ts';
import { BUILTIN_COMMANDS } from '../builtin.ts';
import { withRuntime } from '../open-runtime.ts';
import type { CommandResult, Invocation } from '../spec.ts';

/** `rearguard tool new <name>`: asks nothing. */
export async function run(invocation: Invocation): Promise<CommandResult> {
  const { values, signal } = invocation;
  const name = values['name'] as string;
  const reserved = [...new Set(BUILTIN_COMMANDS.map(({ path }) => path[0] ?? '')), 'help'];
  const result = await withRuntime(invocation, {}, (runtime) => newTool(runtime, { name, reserved, signal }));
  // Only a runtime that begins now knows the tool, and so can tell AI-CONTEXT.md of it.
  if (hasWritten(result.report.data)) {
    await withRuntime(invocation, {}, (runtime) => Promise.resolve(runtime.markChanged()));
  }
  return { ...result, plain: true };
}

function hasWritten(data: unknown): boolean {
  return toolNewDataSchema.safeParse(data).data?.files.some(({ action }) => action === 'create') ?? false;
}
