import { CommanderError } from 'commander';
import { RearguardError } from '../../core/errors.ts';
import { findPlanned, notBuilt, PLANNED_TOOLS } from '../../tools/planned.ts';
import { BUILTIN_TOOLS, loadBuiltinTool } from '../../tools/registry.ts';
import type { ToolDefinition } from '../../tools/define.ts';
import { BUILTIN_COMMANDS, GROUPS } from './builtin.ts';
import {
  type GlobalOptions,
  outputFormat,
  scanArguments,
  type ScannedArguments,
  timeoutMs,
} from './global-options.ts';
import { ownToolNames } from './own-tool-names.ts';
import { watchInterrupts } from './interrupt.ts';
import { type Presentation, presentationOf } from './presentation.ts';
import { buildProgram, firstWords } from './program.ts';
import type { CliIo, CommandResult, CommandSpec } from './spec.ts';
import { errorLine } from './stderr.ts';
import { suggestion } from '../../runtime/command-line/suggestion.ts';
import { packageVersion } from './version.ts';

/** One call of the command line; returns its exit code and never throws. */
export async function runCli(argv: readonly string[], io: CliIo): Promise<number> {
  const scanned = scanArguments(helpLast(argv));
  let command = scanned.word ?? 'rearguard';
  let exitCode = 0;
  try {
    const plugins = await pluginsFor(scanned, io);
    const program = buildProgram({
      version: packageVersion(),
      tools: [...BUILTIN_TOOLS, ...plugins],
      commands: BUILTIN_COMMANDS,
      groups: GROUPS,
      planned: PLANNED_TOOLS.map(({ name }) => name),
      own: scanned.word === undefined ? await ownToolNames(scanned.cwd, io) : [],
      write: (text) => io.stdout.write(text),
      async commandsOf(name) {
        const { toolCommandSpecs } = await import('./tool-commands.ts');
        return toolCommandSpecs(plugins.find((tool) => tool.name === name) ?? (await loadBuiltinTool(name)));
      },
      async run(spec, values, globals) {
        command = spec.path.join(' ');
        exitCode = await runCommand(spec, values, globals, io);
      },
      async runBare(globals) {
        exitCode = await runBare(globals, io, () => program.outputHelp());
      },
    });
    await program.parseAsync(helpLast(argv), { from: 'user' });
    return exitCode;
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return 0;
    return showFailure(thrown, command, scanned, io);
  }
}

/** The user's own tools, looked for only where the first word is none of ours; a word nobody knows ends here. */
async function pluginsFor(scanned: ScannedArguments, io: CliIo): Promise<ToolDefinition[]> {
  const { word } = scanned;
  const known = firstWords({ tools: BUILTIN_TOOLS, commands: BUILTIN_COMMANDS });
  if (word === undefined || known.includes(word)) return [];
  const planned = findPlanned(word);
  if (planned) throw notBuilt(planned);
  const { loadPluginTools } = await import('./plugins.ts');
  const plugins = await loadPluginTools(scanned, io);
  const own = plugins.flatMap((tool) => [tool.name, tool.alias]);
  if (own.includes(word)) return plugins;
  throw new RearguardError('E_USAGE', {
    message: `Unknown command or tool ${JSON.stringify(word)}.`,
    hint: suggestion(word, [...known, ...own]) ?? '`rearguard --help` lists them.',
  });
}

async function runCommand(
  spec: CommandSpec,
  values: Record<string, unknown>,
  globals: GlobalOptions,
  io: CliIo,
): Promise<number> {
  const presentation = presentationOf(globals, io);
  const interrupts = watchInterrupts(io.stderr, presentation.progress);
  try {
    const { signal } = interrupts;
    const result = await spec.run({
      values,
      globals,
      presentation,
      io,
      timeoutMs: timeoutMs(globals),
      signal,
    });
    try {
      await showResult(result, globals, presentation, io);
      await result.stay?.();
    } finally {
      await result.release?.();
    }
    return result.exitCode;
  } finally {
    interrupts.stop();
  }
}

/** The result on stdout; an error also, or instead where nothing was measured, as one line on stderr. */
async function showResult(
  result: CommandResult,
  globals: GlobalOptions,
  presentation: Presentation,
  io: CliIo,
): Promise<void> {
  const { error, data } = result.report;
  const isText = presentation.format === 'text';
  // A mistake of the caller, or a run that measured nothing, has no result to read through.
  const isOnlyError = error !== undefined && isText && (data === null || result.exitCode === 2);
  if (error && (!isText || isOnlyError || result.plain === true)) {
    io.stderr.write(errorLine(error, presentation.errorColors));
  }
  if (isOnlyError) return;
  const [{ emitResult }, { callWith, withExactCommands }] = await Promise.all([
    import('./emit.ts'),
    import('./exact-commands.ts'),
  ]);
  const report = withExactCommands(result.report, callWith(globals));
  await emitResult({ ...result, report }, globals, presentation, io);
}

/** A failure before there was a report: one line on stderr, and for programs the same envelope as ever on stdout. */
async function showFailure(
  thrown: unknown,
  command: string,
  scanned: ScannedArguments,
  io: CliIo,
): Promise<number> {
  const { redactText } = await import('../../core/redact.ts');
  const { failedRun } = await import('../../runtime/envelope.ts');
  const { openLocalFrame } = await import('./local-report.ts');
  const presentation = presentationOf(scanned, io);
  const failed = failedRun(openLocalFrame(command), thrown);
  if (failed.report.error) io.stderr.write(errorLine(failed.report.error, presentation.errorColors));
  if (io.env['REARGUARD_DEBUG'] === '1') io.stderr.write(`${redactText(stackOf(thrown))}\n`);
  if (presentation.format !== 'text') {
    const { emitResult } = await import('./emit.ts');
    await emitResult(failed, {}, presentation, io);
  }
  return failed.exitCode;
}

/** `rearguard` alone: the help where there is a config; where there is none, what to do first. */
async function runBare(globals: GlobalOptions, io: CliIo, showHelp: () => void): Promise<number> {
  const { findConfig } = await import('../../config/find.ts');
  const path = await import('node:path');
  const directory = path.resolve(io.cwd, globals.cwd ?? '.');
  const isReady = globals.config !== undefined || (await findConfig(directory)) !== undefined;
  if (!isReady) throw new RearguardError('E_CONFIG_NOT_FOUND', { directory });
  if (outputFormat(globals) !== 'text') {
    throw new RearguardError('E_USAGE', {
      message: 'rearguard needs a command.',
      hint: 'Try `rearguard check`.',
    });
  }
  showHelp();
  return 0;
}

/** `rearguard help findings list` is `rearguard findings list --help`. */
function helpLast(argv: readonly string[]): string[] {
  const [first, ...rest] = argv;
  return first === 'help' ? [...rest, '--help'] : [...argv];
}

function stackOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const cause = thrown.cause instanceof Error ? `\n${thrown.cause.stack ?? ''}` : '';
  return `${thrown.stack ?? thrown.message}${cause}`;
}
