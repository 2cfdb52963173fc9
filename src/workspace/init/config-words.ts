import { capText, oneLine } from '../../core/text.ts';
import type { Fact } from '../../project/facts.ts';

/** Words of a repository in a config that is code: they stay within their quotes and on their line. */

export function quoted(text: string): string {
  return `'${oneLine(text).replace(/[\\']/g, '\\$&')}'`;
}

/** A key of an object literal. */
export function propertyName(name: string): string {
  return /^[a-z_$][\w$]*$/i.test(name) ? name : quoted(name);
}

export function commentOf(text: string): string {
  return `// ${capText(oneLine(text), 200)}`;
}

export function indent(lines: readonly string[]): string[] {
  return lines.map((line) => (line === '' ? '' : `  ${line}`));
}

/** `seen in src/app.ts:12`, and whether it was only guessed. */
export function whereOf({ certainty, where }: Pick<Fact<unknown>, 'certainty' | 'where'>): string {
  const places = where.slice(0, 2).map(oneLine).join(', ');
  if (certainty === 'found') return `found in ${places === '' ? 'the repository' : places}`;
  return `GUESSED${places === '' ? '' : ` from ${places}`}, please check`;
}
