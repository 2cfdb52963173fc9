import { Argument, Command, Option } from 'commander';
import { RearguardError } from '../../core/errors.ts';
import { GLOBAL_OPTIONS, type GlobalOptions } from './global-options.ts';
import { kebabCase, type OptionSpec } from '../../runtime/command-line/option-spec.ts';
import { type CommandSpec } from './spec.ts';
import { suggestion } from '../../runtime/command-line/suggestion.ts';
import { usageError } from './usage-error.ts';
import { parseValue } from '../../runtime/command-line/values.ts';

/** A tool as `--help` shows it, known without loading the tool. */
export interface ToolEntry {
  name: string;
  alias: string;
  summary: string;
}

export interface ProgramParts {
  version: string;
  tools: readonly ToolEntry[];
  commands: readonly CommandSpec[];
  /** Summaries of the parents of our own commands. */
  groups: Readonly<Record<string, string>>;
  /** Names of tools that are yet to come. */
  planned?: readonly string[];
  /** Names of tools in the workspace, where they are not among the tools. */
  own?: readonly string[];
  /** Loads the commands of a tool when one of them, or its help, is asked for. */
  commandsOf(tool: string): Promise<readonly CommandSpec[]>;
  run(spec: CommandSpec, values: Record<string, unknown>, globals: GlobalOptions): Promise<void>;
  /** `rearguard` alone. */
  runBare(globals: GlobalOptions): Promise<void>;
  write: (text: string) => void;
}

/** The whole command line; tools are stubs until one of them is named. */
export function buildProgram(parts: ProgramParts): Command {
  const program = new Command('rearguard')
    .description(
      "Guards a team's backend: what is wrong, the evidence, the fix, and the command that proves the fix.",
    )
    .version(parts.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand(false)
    .configureHelp({ showGlobalOptions: true, sortSubcommands: false })
    .configureOutput({ writeOut: (text) => parts.write(text), writeErr: () => {}, outputError: () => {} })
    .addHelpText('after', `${ownText(parts.own ?? [])}${plannedText(parts.planned ?? [])}${FIRST_STEPS}`);
  refuseClearly(program);
  for (const option of GLOBAL_OPTIONS) program.addOption(toOption(option));
  program.option('--color', 'colours even where nobody looks').option('--no-color', 'no colours');
  program.action(() => parts.runBare(program.opts<GlobalOptions>()));
  program.usage('[options] <tool|command> [...]');

  program.commandsGroup('Tools:');
  for (const tool of parts.tools) {
    group(program, tool.name, tool.summary).alias(tool.alias).usage('<command> [options]');
  }
  program.commandsGroup('Commands:');
  for (const spec of parts.commands) addCommand(program, spec, parts);

  program.hook('preSubcommand', async (_, child) => {
    const tool = parts.tools.find((entry) => entry.name === child.name());
    if (!tool || child.commands.length > 0) return;
    for (const spec of await parts.commandsOf(tool.name)) addCommand(program, spec, parts);
  });
  return program;
}

const FIRST_STEPS = `
First steps:
  rearguard init      writes a config from what it finds in this repository, and the workspace for agents
  rearguard demo      a backend with planted faults, and what Rearguard finds in it
  rearguard check     everything the config allows to be checked safely
  rearguard doctor    whether this machine and this config are ready
`;

function ownText(names: readonly string[]): string {
  return names.length === 0 ? '' : `\nTools of your own: ${names.join(', ')}\n`;
}

function plannedText(names: readonly string[]): string {
  return names.length === 0 ? '' : `\nNot built yet: ${names.join(', ')}\n`;
}

/** The names that may come first, aliases included. */
export function firstWords(parts: Pick<ProgramParts, 'tools' | 'commands'>): string[] {
  const tools = parts.tools.flatMap((tool) => [tool.name, tool.alias]);
  return [...new Set([...tools, ...parts.commands.map((spec) => spec.path[0] ?? '')])];
}

/** The parent of several commands; called alone it says which commands there are. */
function group(program: Command, name: string, summary: string): Command {
  const existing = program.commands.find((child) => child.name() === name);
  if (existing) return existing;
  const created = refuseClearly(program.command(name)).description(summary).argument('[command]');
  created.action((word: string | undefined) => {
    const names = created.commands.map((child) => child.name());
    throw new RearguardError('E_USAGE', {
      message:
        word === undefined ? `${name} needs a command.` : `${name} has no command ${JSON.stringify(word)}.`,
      hint: (word === undefined ? undefined : suggestion(word, names)) ?? `Choose from ${names.join(', ')}.`,
    });
  });
  return created;
}

function addCommand(program: Command, spec: CommandSpec, parts: ProgramParts): void {
  const [first = '', second] = spec.path;
  const parent = second === undefined ? program : group(program, first, parts.groups[first] ?? '');
  const command = refuseClearly(
    parent.command(second ?? first, spec.isDefault === true ? { isDefault: true } : {}),
  ).description(spec.summary + effectNote(spec.effect));
  command.summary(spec.summary);
  const positional = spec.options.filter((option) => option.positional);
  for (const option of positional) command.addArgument(toArgument(option));
  for (const option of spec.options) if (!option.positional) command.addOption(toOption(option));
  if (spec.examples.length > 0) command.addHelpText('after', exampleText(spec.examples));
  command.action(async () => {
    const values: Record<string, unknown> = { ...command.opts() };
    for (const [index, option] of positional.entries()) {
      const value: unknown = command.processedArgs[index];
      if (value !== undefined) values[option.field] = value;
    }
    await parts.run(spec, values, program.opts<GlobalOptions>());
  });
}

/** What commander refuses becomes one line of ours, about the command whose arguments they were. */
function refuseClearly(command: Command): Command {
  return command.exitOverride((error) => {
    throw error.exitCode === 0 ? error : usageError(error, command);
  });
}

function toOption(option: OptionSpec): Option {
  const made = new Option(optionFlags(option), describe(option));
  return option.kind === 'boolean'
    ? made
    : made.argParser((text: string, previous: unknown) => parseValue(option, text, previous));
}

function optionFlags(option: OptionSpec): string {
  const name = kebabCase(option.field);
  if (option.kind === 'boolean') return option.onByDefault ? `--no-${name}` : `--${name}`;
  return option.valueOptional ? `--${name} [${option.placeholder}]` : `--${name} <${option.placeholder}>`;
}

function toArgument(option: OptionSpec): Argument {
  const name = option.kind === 'list' ? `${option.placeholder}...` : option.placeholder;
  return new Argument(option.required ? `<${name}>` : `[${name}]`, describe(option)).argParser(
    (text: string, previous: unknown) => parseValue(option, text, previous),
  );
}

function describe(option: OptionSpec): string {
  const notes = [
    option.choices ? option.choices.join('|') : '',
    option.defaultText === undefined ? '' : `default: ${option.defaultText}`,
    option.required && !option.positional ? 'required' : '',
  ].filter((note) => note !== '');
  return notes.length === 0 ? option.description : `${option.description} (${notes.join('; ')})`;
}

function effectNote(effect: CommandSpec['effect']): string {
  if (effect === 'traffic')
    return '\n\nIt makes requests, and only to loopback and to hosts that the config names.';
  return effect === 'write' ? '\n\nIt changes something of yours.' : '';
}

function exampleText(examples: CommandSpec['examples']): string {
  const lines = examples.map((example) => `  ${example.line}\n      ${example.does}`);
  return `\nExamples:\n${lines.join('\n')}\n`;
}
