import type { Command, CommanderError } from 'commander';
import { RearguardError } from '../../core/errors.ts';
import { nearestName } from '../../core/suggest.ts';
import { suggestion } from '../../runtime/command-line/suggestion.ts';

/** What commander refused, as one clear line with a hint; `command` is the one whose arguments were refused. */
export function usageError(error: CommanderError, command: Command): RearguardError {
  const words = commandWords(command);
  const help = `\`rearguard ${words === 'rearguard' ? '' : `${words} `}--help\` shows what it takes.`;
  const quoted = /'([^']*)'/.exec(error.message)?.[1] ?? '';
  switch (error.code) {
    case 'commander.unknownOption': {
      const [first = '-'] = command.args;
      // Nobody knows the options of a command that is not there.
      if (command.commands.length > 0 && !first.startsWith('-')) return unknownCommand(command, first, help);
      const flag = quoted.split('=')[0] ?? quoted;
      const best = nearestName(flag, knownFlags(command));
      return usage(
        `Unknown option ${flag} for ${words}.`,
        best === undefined ? help : `Did you mean ${best}?`,
      );
    }
    case 'commander.unknownCommand':
      return unknownCommand(command, quoted, help);
    case 'commander.missingArgument':
      return usage(`${words} needs <${quoted}>.`, help);
    case 'commander.missingMandatoryOptionValue':
      return usage(`${words} needs ${quoted}.`, help);
    case 'commander.optionMissingArgument':
      return usage(`${quoted.split(' ')[0] ?? quoted} needs a value.`, help);
    case 'commander.excessArguments':
      return excessArguments(command, words, help);
    default:
      return usage(error.message.replace(/^error: /, '').replaceAll('\n', ' '), help);
  }
}

function unknownCommand(command: Command, word: string, help: string): RearguardError {
  const names = command.commands.flatMap((child) => [child.name(), ...child.aliases()]);
  const message = `${commandWords(command)} has no command ${JSON.stringify(word)}.`;
  return usage(message, suggestion(word, names) ?? help);
}

/** `rearguard findings lst` reaches the default command of its parent with a word too many: it was meant as a command. */
function excessArguments(command: Command, words: string, help: string): RearguardError {
  const parent = command.parent;
  const word = command.args[command.registeredArguments.length] ?? '';
  const siblings = parent?.parent ? parent.commands.map((child) => child.name()) : [];
  const meant = nearestName(word, siblings);
  if (parent && meant !== undefined) {
    return usage(`${commandWords(parent)} has no command ${JSON.stringify(word)}.`, `Did you mean ${meant}?`);
  }
  const isPlain = /^[\w.-]+$/.test(word);
  const hint = isPlain && knownFlags(command).includes('--tool') ? `Did you mean --tool ${word}?` : help;
  return usage(`${words} does not take ${JSON.stringify(word)}.`, hint);
}

function usage(message: string, hint: string): RearguardError {
  return new RearguardError('E_USAGE', { message, hint });
}

/** `findings list`, or `rearguard` for the program itself. */
export function commandWords(command: Command): string {
  const words: string[] = [];
  for (let current: Command | null = command; current; current = current.parent)
    words.unshift(current.name());
  return words.length > 1 ? words.slice(1).join(' ') : words.join(' ');
}

function knownFlags(command: Command): string[] {
  const flags: string[] = ['--help'];
  for (let current: Command | null = command; current; current = current.parent) {
    for (const option of current.options)
      if (option.long !== undefined && option.long !== null) flags.push(option.long);
  }
  return flags;
}
