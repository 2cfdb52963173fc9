import { testNotifier } from '../../../runtime/alerts/test-notifier.ts';
import { withRuntime } from '../open-runtime.ts';
import type { CommandResult, Invocation } from '../spec.ts';

/** `rearguard alerts test`. */
export async function run(invocation: Invocation): Promise<CommandResult> {
  const { values, io, signal } = invocation;
  const result = await withRuntime(invocation, {}, (runtime) =>
    testNotifier(runtime, {
      notifier: values['notifier'] as string | undefined,
      writeLine: (line) => void io.stderr.write(`${line}\n`),
      signal,
    }),
  );
  return { ...result, plain: true };
}
