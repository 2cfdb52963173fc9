import { writeApiUpdate } from '../../../runtime/overview/api-update.ts';
import path from 'node:path';
import { withRuntime } from '../open-runtime.ts';
import type { CommandResult, Invocation } from '../spec.ts';

/** `rearguard overview api-update`. */
export async function apiUpdate(invocation: Invocation): Promise<CommandResult> {
  const { values, signal, io, globals } = invocation;
  const text = (name: string): string | undefined => values[name] as string | undefined;
  const result = await withRuntime(invocation, {}, (runtime) =>
    writeApiUpdate(runtime, {
      before: text('before') ?? 'git:HEAD',
      after: text('after'),
      reason: text('reason') ?? null,
      timeline: text('timeline') ?? null,
      dryRun: values['dryRun'] === true,
      cwd: path.resolve(io.cwd, globals.cwd ?? '.'),
      signal,
    }),
  );
  return { ...result, plain: true };
}
