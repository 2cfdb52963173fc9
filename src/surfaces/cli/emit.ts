import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { RearguardError, reasonOf } from '../../core/errors.ts';
import type { GlobalOptions } from './global-options.ts';
import { writeAll } from './io.ts';
import type { Presentation } from './presentation.ts';
import type { CliIo, CommandResult } from './spec.ts';

type Shown = Omit<CommandResult, 'exitCode'>;

/** Shows a result: on stdout, or in the file of --out. Nothing else ever writes to stdout. */
export async function emitResult(
  result: Shown,
  globals: GlobalOptions,
  presentation: Presentation,
  io: CliIo,
): Promise<void> {
  const text =
    presentation.format === 'text'
      ? await asText(result, globals, presentation, io)
      : await rendered(result, globals, presentation, io);
  if (globals.out !== undefined) await writeOut(path.resolve(io.cwd, globals.cwd ?? '.', globals.out), text);
  else await writeAll(io.stdout, text);
}

async function asText(
  result: Shown,
  globals: GlobalOptions,
  presentation: Presentation,
  io: CliIo,
): Promise<string> {
  const { report, text, plain } = result;
  if (text !== undefined) return text;
  if (plain !== true) return rendered(result, globals, presentation, io);
  const { renderSections } = await import('../../output/render.ts');
  const next = report.next.map((line) => `  ${line}\n`).join('');
  const sections =
    report.sections.length > 0 ? `${renderSections(report.sections, presentation).trimEnd()}\n\n` : '';
  return `${sections}${report.summary}\n${next === '' ? '' : `\n${next}`}`;
}

async function rendered(
  { report, rules, shown }: Shown,
  globals: GlobalOptions,
  presentation: Presentation,
  io: CliIo,
): Promise<string> {
  const { renderReport } = await import('../../output/render.ts');
  return renderReport(report, presentation.format, {
    width: presentation.width,
    colors: presentation.colors,
    rules: rules ?? [],
    nowMs: Date.now(),
    agent: presentation.mode === 'agent',
    // A live command has written lines before: its envelope is one more.
    pretty: io.stdout.isTTY && shown !== 'changes',
    ...(globals.detail === undefined ? {} : { detail: globals.detail }),
    ...(globals.failOn === undefined ? {} : { failOn: globals.failOn }),
  });
}

async function writeOut(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (error) {
    throw new RearguardError('E_OUTPUT_WRITE', { path: file, reason: reasonOf(error) }, { cause: error });
  }
}
