import { runDoctor } from '../../../runtime/doctor.ts';
import { runtimeOptions } from '../open-runtime.ts';
import type { CommandResult, Invocation } from '../spec.ts';
import { createMessages } from '../stderr.ts';

/** `rearguard doctor`: it opens its own runtime, since a config that does not load is one of its results. */
export async function run(invocation: Invocation): Promise<CommandResult> {
  const messages = createMessages(invocation.io.stderr, invocation.presentation);
  const result = await runDoctor({ ...runtimeOptions(invocation, messages), signal: invocation.signal });
  messages.clear();
  return { ...result, plain: true };
}
