import { runFix } from '../../../runtime/fix/fix.ts';
import { withRuntime } from '../open-runtime.ts';
import type { CommandResult, Invocation } from '../spec.ts';

/** `rearguard fix <finding>`: shows its patch; --apply writes files and verifies, and never touches a database. */
export async function run(invocation: Invocation): Promise<CommandResult> {
  const { values, signal, timeoutMs } = invocation;
  const apply = values['apply'] === true;
  const result = await withRuntime(invocation, {}, (runtime) =>
    runFix(runtime, String(values['finding']), {
      apply,
      force: values['force'] === true,
      migration: (values['asMigration'] as string | true | undefined) ?? null,
      signal,
      timeoutMs,
    }),
  );
  // Only what was verified has been judged.
  return apply && values['asMigration'] === undefined ? result : { ...result, plain: true };
}
