import { wrapText } from '../../../core/text.ts';

const WIDTH = 74;
/** Clauses that begin a line of their own, where they are no part of a subquery or a text. */
const CLAUSE =
  /^(?:FROM|WHERE|GROUP BY|HAVING|ORDER BY|LIMIT|OFFSET|UNION ALL|UNION|(?:(?:LEFT|RIGHT|FULL|INNER|CROSS)\s+(?:OUTER\s+)?)?JOIN|AND|OR)\b/i;

/** `LEFT JOIN` is one word here. */
const JOIN_KIND = /\b(?:LEFT|RIGHT|FULL|INNER|CROSS|OUTER)$/i;

/** A statement over several lines that fit a narrow terminal. Only spaces and line ends change. */
export function sqlLines(sql: string): string {
  const lines: string[] = [];
  let line = '';
  let depth = 0;
  let quote: string | null = null;
  for (let position = 0; position < sql.length; position += 1) {
    const character = sql.charAt(position);
    if (quote !== null) {
      if (character === quote) quote = null;
    } else if (character === "'" || character === '"') quote = character;
    else if (character === '(') depth += 1;
    else if (character === ')') depth -= 1;
    else if (
      depth === 0 &&
      /\s/.test(character) &&
      !JOIN_KIND.test(line) &&
      CLAUSE.test(sql.slice(position + 1))
    ) {
      lines.push(line);
      line = /^(?:AND|OR)\b/i.test(sql.slice(position + 1)) ? '  ' : '';
      continue;
    }
    line += character;
  }
  // Texts may hold runs of spaces, which wrapping would lose.
  return [...lines, line]
    .flatMap((one) => (one.length <= WIDTH || one.includes("'") ? [one] : wrapText(one, WIDTH, '    ')))
    .join('\n');
}
