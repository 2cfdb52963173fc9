import { RearguardError } from '../../../core/errors.ts';
import { addMaintenance, endMaintenance, listMaintenance } from '../../../runtime/maintenance-windows.ts';
import { parseMoment } from '../../../runtime/moments.ts';
import { durationOf } from '../durations.ts';
import { withRuntime } from '../open-runtime.ts';
import type { CommandResult, Invocation } from '../spec.ts';

/** `rearguard maintenance add [--from …] --to …|--for … --reason …`. */
export async function add(invocation: Invocation): Promise<CommandResult> {
  const { values } = invocation;
  const from = (values['from'] as string | undefined) ?? 'now';
  const to = values['to'] as string | undefined;
  const forMs = durationOf(invocation, 'for');
  if ((to === undefined) === (forMs === undefined)) {
    throw new RearguardError('E_USAGE', {
      message: 'maintenance add needs one of --to and --for.',
      hint: 'Like `--from -30m --for 45m`, or `--to 2026-11-22T14:00Z`.',
    });
  }
  const result = await withRuntime(invocation, {}, (runtime) =>
    addMaintenance(runtime, (nowMs) => {
      const fromMs = parseMoment(from, '--from', nowMs);
      const toMs = to === undefined ? fromMs + (forMs ?? 0) : parseMoment(to, '--to', nowMs);
      const subjects = (values['subject'] as string[] | undefined) ?? [];
      return { fromMs, toMs, subjects, reason: String(values['reason']) };
    }),
  );
  return { ...result, plain: true };
}

/** `rearguard maintenance list`. */
export async function list(invocation: Invocation): Promise<CommandResult> {
  return { ...(await withRuntime(invocation, {}, listMaintenance)), plain: true };
}

/** `rearguard maintenance end <window>`. */
export async function end(invocation: Invocation): Promise<CommandResult> {
  const result = await withRuntime(invocation, {}, (runtime) =>
    endMaintenance(runtime, String(invocation.values['window'])),
  );
  return { ...result, plain: true };
}
