import { createHash } from 'node:crypto';
import type { PlanNode } from './plan.ts';

/**
 * Digest of what a plan does: steps, tables, indexes and conditions. Constants in conditions, parameters, costs and
 * counts do not move it, nor does how many workers a gather step happens to get.
 */
export function planHash(root: PlanNode): string {
  return createHash('sha256').update(shapeOf(root)).digest('hex').slice(0, 16);
}

function shapeOf(node: PlanNode): string {
  const conditions = Object.entries(node.conditions)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, text]) => `${name}=${withoutConstants(text)}`);
  const own = [node.type, bareName(node.table), node.alias ?? '', node.index ?? '', ...conditions];
  return `${JSON.stringify(own)}(${node.children.map(shapeOf).join(',')})`;
}

const LITERAL = String.raw`E?'(?:[^']|'')*'(?:::[\w"." ]+(?:\(\d+(?:,\d+)?\))?(?:\[\])?)?`;
const PARAMETER = String.raw`\$\d+`;
const NUMBER = String.raw`(?<![\w$."])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w"])`;
const BOOLEAN = String.raw`\b(?:NULL|true|false)\b(?:::\w+(?: \w+)*)?`;
/** A quoted name comes first, so that digits and words in it are not taken for constants. */
const TOKENS = new RegExp(`"(?:[^"]|"")*"|${LITERAL}|${PARAMETER}|${NUMBER}|${BOOLEAN}`, 'g');

/** VERBOSE, which auto_explain does not have by default, adds the schema to a table and the table to a column. */
function bareName(table: string | null): string {
  return table?.slice(table.lastIndexOf('.') + 1) ?? '';
}

/** Constants of the server's own printing of an expression as `?`; lists of them as one; columns without their table. */
function withoutConstants(expression: string): string {
  const masked = expression
    .replace(TOKENS, (token) => (token.startsWith('"') ? token : '?'))
    .replaceAll(/(?:"(?:[^"]|"")*"|[\p{L}_][\p{L}\p{N}_$]*)\.(?=["\p{L}_])/gu, '');
  // `(-5)` is how it prints a negative number, `ANY ('{1,2}'::integer[])` a list.
  return masked.replaceAll('(?)', '?');
}
