import { runVerify } from '../../../runtime/verify.ts';
import { withRuntime } from '../open-runtime.ts';
import type { CommandResult, Invocation } from '../spec.ts';

/** `rearguard verify <finding>`: exit 0 only if it is gone, 1 if it stands, 3 if that cannot be told. */
export function run(invocation: Invocation): Promise<CommandResult> {
  const { values, timeoutMs, signal } = invocation;
  return withRuntime(invocation, {}, (runtime) =>
    runVerify(runtime, String(values['finding']), { signal, timeoutMs }),
  );
}
