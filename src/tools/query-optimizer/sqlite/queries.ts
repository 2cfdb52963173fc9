import { tokenize } from '../../../core/sql-tokens.ts';

/** One statement of a file of queries. */
export interface GivenStatement {
  text: string;
  /** From 1. */
  line: number;
  /** `?`, `:id` and their like: its values are not known. */
  hasPlaceholders: boolean;
}

/** The statements of a file, without comments around them; semicolons in quotes separate nothing. */
export function statementsOf(file: string): GivenStatement[] {
  const statements: GivenStatement[] = [];
  let start = -1;
  let end = 0;
  let hasPlaceholders = false;
  const finish = (): void => {
    if (start !== -1) {
      const line = file.slice(0, start).split('\n').length;
      statements.push({ text: file.slice(start, end), line, hasPlaceholders });
    }
    start = -1;
    hasPlaceholders = false;
  };
  for (const token of tokenize(file, 'sqlite')) {
    if (token.kind === 'symbol' && token.text === ';') {
      finish();
      continue;
    }
    if (start === -1) start = token.start;
    end = token.end;
    if (token.kind === 'parameter') hasPlaceholders = true;
  }
  finish();
  return statements;
}
