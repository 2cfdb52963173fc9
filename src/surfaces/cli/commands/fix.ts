import type { Report } from '../../../core/report.ts';
import { stripControl } from '../../../core/text.ts';
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
  if (apply && values['asMigration'] === undefined) return result;
  return { ...result, plain: true, ...asWritten(result.report) };
}

/** Patches and files as they are: wrapped to the width of the terminal they could not be copied. */
function asWritten({ sections, summary, next, error }: Report): Pick<CommandResult, 'text'> {
  if (error !== undefined) return {};
  const blocks = sections.flatMap((block) =>
    block.kind === 'text' ? [`${block.title ?? ''}:\n${stripControl(block.text).trimEnd()}`] : [],
  );
  const commands = next.map((line) => `  ${line}`).join('\n');
  return { text: `${[summary, ...blocks, `Next:\n${commands}`].join('\n\n')}\n` };
}
