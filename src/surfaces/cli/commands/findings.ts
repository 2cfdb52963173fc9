import type { FindingState } from '../../../core/finding.ts';
import type { Severity } from '../../../core/severity.ts';
import { listFindings, muteFinding, showFinding, unmuteFinding } from '../../../runtime/findings.ts';
import { durationOf } from '../durations.ts';
import { withRuntime } from '../open-runtime.ts';
import type { CommandResult, Invocation } from '../spec.ts';

/** `rearguard findings list`: as text, its table says it all. */
export async function list(invocation: Invocation): Promise<CommandResult> {
  const { values } = invocation;
  const result = await withRuntime(invocation, {}, (runtime) =>
    listFindings(runtime, {
      tools: values['tool'] as string[] | undefined,
      states: values['state'] as FindingState[] | undefined,
      severity: values['severity'] as Severity | undefined,
      rule: values['rule'] as string | undefined,
      subject: values['subject'] as string | undefined,
      limit: values['limit'] as number | undefined,
      cursor: values['cursor'] as string | undefined,
    }),
  );
  return { ...result, plain: true };
}

/** `rearguard findings show <finding>`. */
export async function show(invocation: Invocation): Promise<CommandResult> {
  const { presentation } = invocation;
  const result = await withRuntime(invocation, {}, (runtime) => showFinding(runtime, findingOf(invocation)));
  const [finding] = result.report.findings;
  if (!finding) return result;
  const { renderFinding } = await import('../../../output/render.ts');
  const { width, colors, mode } = presentation;
  const options = { width, colors, rules: [], nowMs: Date.now(), agent: mode === 'agent' };
  return { ...result, text: renderFinding(finding, options) };
}

/** `rearguard findings mute <finding> --reason … [--for …]`. */
export async function mute(invocation: Invocation): Promise<CommandResult> {
  const reason = String(invocation.values['reason']);
  const forMs = durationOf(invocation, 'for');
  const result = await withRuntime(invocation, {}, (runtime) =>
    muteFinding(runtime, findingOf(invocation), { reason, forMs }),
  );
  return { ...result, plain: true };
}

/** `rearguard findings unmute <finding>`. */
export async function unmute(invocation: Invocation): Promise<CommandResult> {
  const result = await withRuntime(invocation, {}, (runtime) =>
    unmuteFinding(runtime, findingOf(invocation)),
  );
  return { ...result, plain: true };
}

function findingOf({ values }: Invocation): string {
  return String(values['finding']);
}
