import type { ShownView } from '../../runtime/prepare.ts';
import type { AnyCommand } from '../../tools/define.ts';
import { createLiveOutput, type LiveOutput } from './live.ts';
import { withRuntime } from './open-runtime.ts';
import type { OptionSpec } from '../../runtime/command-line/option-spec.ts';
import type { CommandResult, Invocation } from './spec.ts';
import { inputError } from '../../runtime/command-line/values.ts';

/** Runs one command of a tool; a live one shows itself on stdout while it runs. */
export async function runToolCommand(
  tool: string,
  name: string,
  command: AnyCommand,
  options: readonly OptionSpec[],
  invocation: Invocation,
): Promise<CommandResult> {
  const { values, timeoutMs, signal } = invocation;
  const checked = command.input.safeParse(values);
  if (!checked.success) throw inputError(checked.error, options, `${tool} ${name}`);
  const { renderSections } = await import('../../output/render.ts');
  const worksAlone = command.worksAlone?.(checked.data) ?? false;
  const needs = worksAlone ? { requireConfig: false, rememberWithoutConfig: false } : {};
  return withRuntime(invocation, needs, async (runtime) => {
    let live: LiveOutput | undefined;
    const onView = (view: ShownView): void => {
      live ??= createLiveOutput(invocation.io.stdout, invocation.presentation, renderSections);
      live.onView(view);
    };
    try {
      const result = await runtime.run({
        tool,
        command: name,
        input: values,
        signal,
        timeoutMs,
        watched: invocation.presentation.screen,
        onView,
      });
      return { ...result, ...(live ? { shown: 'changes' } : {}) };
    } finally {
      live?.finish();
    }
  });
}
