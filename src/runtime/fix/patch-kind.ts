import { isSchemaChange, splitStatements } from './statements.ts';

/** What a patch is: a change of files, a change of a schema, a statement to run once, or something else to read. */
export type PatchKind = 'diff' | 'migration' | 'statement';

const DIFF = /^(?:diff --git |--- [^\n]+\n\+\+\+ |@@ -\d)/m;

export function kindOfPatch(patch: string): PatchKind {
  if (DIFF.test(patch)) return 'diff';
  const statements = splitStatements(patch);
  return statements.length > 0 && statements.every(isSchemaChange) ? 'migration' : 'statement';
}
