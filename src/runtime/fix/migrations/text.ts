import { refused } from '../plan-diff.ts';
import { hasQuotedBreak } from '../statements.ts';
import type { MigrationFile, MigrationParts, WrittenMigration } from './types.ts';

export const WAY_UNKNOWN = 'The way down is not known.';

/** Comments name the finding by id and rule only: both are of a form that cannot end a comment. */
export const headOf = (mark: string, { finding, rule }: MigrationParts): string =>
  `${mark} ${finding}: ${rule}\n`;

/** The head, and what whoever runs it must know. */
export const headWith = (mark: string, parts: MigrationParts, notes: readonly string[]): string =>
  headOf(mark, parts) + notes.map((note) => `${mark} ${note}\n`).join('');

export const terminated = (statements: readonly string[]): string =>
  statements.map((one) => `${one};\n`).join('');

/** JSON's strings are strings in JavaScript, Python and YAML. */
export const doubleQuoted = (text: string): string => JSON.stringify(text);

/** Ruby and PHP put values into double quotes; single ones know two escapes. */
export const singleQuoted = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;

export const indented = (lines: readonly string[], by: string): string =>
  lines.map((line) => `${by}${line}\n`).join('');

/** `rearguard_missing_index` as a class is called. */
export const classNameOf = (slug: string): string =>
  slug
    .split('_')
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('');

export const upsOf = ({ steps }: Pick<MigrationParts, 'steps'>): string[] => steps.map(({ up }) => up);

/** In the order in which they undo; null where the way down of one is not known. */
export function downsOf({ steps }: Pick<MigrationParts, 'steps'>): string[] | null {
  const ways = steps.toReversed().map(({ down }) => down);
  return ways.includes(null) ? null : ways.flatMap((way) => way ?? []);
}

export const fresh = (name: string, text: string): MigrationFile => ({ name, text, before: null });

export const written = (files: MigrationFile[], ...notes: string[]): WrittenMigration => ({ files, notes });

/** For frameworks that go through a file of SQL line by line. */
export function assertNoQuotedBreak(parts: MigrationParts, reader: string): void {
  if (![...upsOf(parts), ...(downsOf(parts) ?? [])].some(hasQuotedBreak)) return;
  const reason = `a name or text in it holds a line break, and ${reader} reads line by line`;
  throw refused(parts.finding, reason, 'Write it by hand.');
}
