import { stripControl } from '../core/text.ts';

/** An argument list as one line that a POSIX shell reads back unchanged. */
export function commandLine(argv: readonly string[]): string {
  return argv.map(quote).join(' ');
}

function quote(argument: string): string {
  const clean = stripControl(argument);
  if (/^[\w@%+=:,./-]+$/.test(clean)) return clean;
  const lines = clean.replaceAll("'", `'\\''`);
  // A newline would end the line to copy; $'…' spells it.
  return /[\n\t]/.test(lines)
    ? `$'${clean.replace(/['\\]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\t', '\\t')}'`
    : `'${lines}'`;
}
