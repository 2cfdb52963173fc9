import type { z } from 'zod';
import { RearguardError } from '../../core/errors.ts';
import { flagOf, type OptionSpec } from './option-spec.ts';
import { suggestion } from './suggestion.ts';

/** One value as typed, to what the field takes. `previous` is what earlier uses of the flag left. */
export function parseValue(option: OptionSpec, text: string, previous: unknown): unknown {
  if (option.kind === 'list') {
    const items = text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '');
    for (const item of items) checkChoice(option, item);
    return [...(Array.isArray(previous) ? (previous as unknown[]) : []), ...items];
  }
  if (option.kind === 'number' || option.kind === 'integer') return parseNumber(option, text);
  if (option.kind === 'boolean') return parseSwitch(option, text);
  checkChoice(option, text);
  return text;
}

function parseNumber(option: OptionSpec, text: string): number {
  const value = Number(text);
  const wanted = option.kind === 'integer' ? 'a whole number' : 'a number';
  if (
    text.trim() === '' ||
    !Number.isFinite(value) ||
    (option.kind === 'integer' && !Number.isInteger(value))
  ) {
    throw badValue(option, text, `It takes ${wanted}.`);
  }
  return value;
}

function parseSwitch(option: OptionSpec, text: string): boolean {
  if (text === 'true') return true;
  if (text === 'false') return false;
  throw badValue(option, text, 'It takes true or false.');
}

function checkChoice(option: OptionSpec, text: string): void {
  if (!option.choices || option.choices.includes(text)) return;
  throw badValue(option, text, suggestion(text, option.choices) ?? '');
}

/** A value that an option does not take. */
function badValue(option: OptionSpec, text: string, hint: string): RearguardError {
  return new RearguardError('E_USAGE', {
    message: `${flagOf(option)} does not take ${JSON.stringify(text)}.`,
    hint,
  });
}

/** What the schema refused, in the words of the command line. */
export function inputError(
  error: z.ZodError,
  options: readonly OptionSpec[],
  command: string,
): RearguardError {
  const lines = error.issues.map((issue) => {
    const option = options.find((candidate) => candidate.field === issue.path[0]);
    return option ? `${flagOf(option)}: ${issue.message}` : issue.message;
  });
  return new RearguardError('E_USAGE', {
    message: `${lines.join('; ')}.`.replace(/\.\.$/, '.'),
    hint: `\`rearguard ${command} --help\` shows what it takes.`,
  });
}
