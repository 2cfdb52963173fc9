import { RearguardError } from '../../core/errors.ts';
import { findPlanned, notBuilt } from '../../tools/planned.ts';
import type { Catalog } from '../catalog.ts';
import { flagOf, kebabCase, type OptionSpec } from './option-spec.ts';
import { optionSpecs } from './options.ts';
import { suggestion } from './suggestion.ts';
import { inputError, parseValue } from './values.ts';
import { splitWords } from './words.ts';

export interface ParsedCommand {
  tool: string;
  command: string;
  input: Record<string, unknown>;
}

/**
 * A command of a tool as people type it, `error-analyzer analyze --since=24h`, with or without `rearguard` before it. Options that every command has
 * (`--json`, `--config`) are those of the program and not allowed here. Throws E_USAGE, and E_TOOL_NOT_BUILT for a tool that is yet to come.
 */
export async function parseCommandLine(line: string, catalog: Catalog): Promise<ParsedCommand> {
  const words = splitWords(line);
  const [first = '', name, ...rest] = words[0] === 'rearguard' ? words.slice(1) : words;
  const planned = findPlanned(first);
  if (planned) throw notBuilt(planned);
  const entry = catalog.find(first);
  const tool = await entry.load();
  const command = name === undefined || !Object.hasOwn(tool.commands, name) ? undefined : tool.commands[name];
  if (name === undefined || command === undefined) {
    const names = Object.keys(tool.commands);
    throw usage(
      name === undefined
        ? `${tool.name} needs a command.`
        : `${tool.name} has no command ${JSON.stringify(name)}.`,
      suggestion(name ?? '', names) ?? `Choose from ${names.join(', ')}.`,
    );
  }
  const options = optionSpecs(command.input);
  const values = valuesOf(rest, options, `${tool.name} ${name}`);
  const checked = command.input.strict().safeParse(values);
  if (!checked.success) throw inputError(checked.error, options, `${tool.name} ${name}`);
  return { tool: tool.name, command: name, input: values };
}

function valuesOf(
  words: readonly string[],
  options: readonly OptionSpec[],
  command: string,
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  const positional = options.filter((option) => option.positional);
  const set = (option: OptionSpec, text: string): void => {
    values[option.field] = parseValue(option, text, values[option.field]);
  };
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (!word.startsWith('--')) {
      const option = positional[0];
      if (option === undefined)
        throw usage(`${command} does not take ${JSON.stringify(word)}.`, helpOf(command));
      set(option, word);
      if (option.kind !== 'list') positional.shift();
      continue;
    }
    const equals = word.indexOf('=');
    const flag = equals < 0 ? word : word.slice(0, equals);
    const option = options.find((one) => !one.positional && isFlagOf(one, flag));
    if (option === undefined) {
      const flags = options.filter((one) => !one.positional).map(flagOf);
      throw usage(`Unknown option ${flag} for ${command}.`, suggestion(flag, flags) ?? helpOf(command));
    }
    if (option.kind === 'boolean') {
      if (equals >= 0) throw usage(`${flag} takes no value.`, helpOf(command));
      values[option.field] = !flag.startsWith('--no-');
    } else if (equals >= 0) {
      set(option, word.slice(equals + 1));
    } else {
      const next = words[at + 1];
      const hasValue = next !== undefined && !next.startsWith('--');
      if (hasValue) set(option, words[(at += 1)] ?? '');
      else if (option.valueOptional) values[option.field] = true;
      else throw usage(`${flag} needs a value.`, helpOf(command));
    }
  }
  return values;
}

function isFlagOf(option: OptionSpec, flag: string): boolean {
  return flag === flagOf(option) || (option.onByDefault && flag === `--${kebabCase(option.field)}`);
}

function helpOf(command: string): string {
  return `\`rearguard ${command} --help\` shows what it takes.`;
}

function usage(message: string, hint: string): RearguardError {
  return new RearguardError('E_USAGE', { message, hint });
}
