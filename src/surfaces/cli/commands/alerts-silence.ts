import { silenceAlerts, unsilenceAlerts } from '../../../runtime/silences.ts';
import { durationOf } from '../durations.ts';
import { withRuntime } from '../open-runtime.ts';
import type { CommandResult, Invocation } from '../spec.ts';

/** `rearguard alerts silence <pattern> --for … --reason …`. */
export async function silence(invocation: Invocation): Promise<CommandResult> {
  const { values } = invocation;
  const forMs = durationOf(invocation, 'for') ?? 0;
  const result = await withRuntime(invocation, {}, (runtime) =>
    silenceAlerts(runtime, String(values['pattern']), { forMs, reason: String(values['reason']) }),
  );
  return { ...result, plain: true };
}

/** `rearguard alerts unsilence <silence>`. */
export async function unsilence(invocation: Invocation): Promise<CommandResult> {
  const result = await withRuntime(invocation, {}, (runtime) =>
    unsilenceAlerts(runtime, String(invocation.values['silence'])),
  );
  return { ...result, plain: true };
}
