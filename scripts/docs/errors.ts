import { errorCodes } from '../../src/core/errors.ts';
import { code, GENERATED, markdownTable } from './markdown.ts';

const EXIT_CODES = [
  ['0', 'pass: nothing at or above `--fail-on`'],
  ['1', 'findings at or above `--fail-on`, or a threshold crossed'],
  ['2', 'usage or configuration: the call or the config can be corrected'],
  ['3', 'could not measure: unreachable, denied, out of time, nothing to check'],
  ['4', 'confirmation needed'],
  ['130', 'interrupted'],
];

export function errorsPage(): string {
  const rows = errorCodes()
    .toSorted((a, b) => a.code.localeCompare(b.code))
    .map((error) => [
      code(error.code),
      String(error.exitCode),
      plain(error.message),
      plain(error.hint ?? ''),
    ]);
  return `# Errors and exit codes
${GENERATED}

An error is one line on stderr: what went wrong and what to do about it. With \`--json\` the same code, message and hint stand in
\`error\` of the envelope on stdout. Words in braces are filled in.

## Exit codes
${markdownTable(['Code', 'Meaning'], EXIT_CODES)}

## Errors
${markdownTable(['Error', 'Exit code', 'Message', 'Hint'], rows)}
`;
}

/** A message that is nothing but a placeholder says no more than its code. */
function plain(text: string): string {
  return /^\{\w+\}$/.test(text) ? 'says what' : text;
}
