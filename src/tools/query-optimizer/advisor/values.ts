import type { CatalogColumn, ColumnStatistics } from '../../_shared/database/catalog.ts';
import { quoteLiteral } from '../../_shared/database/index-statement.ts';
import type { ColumnUse } from '../../_shared/sql/types.ts';
import { absentValue } from '../absent-value.ts';
import type { QueryEffect } from '../recommendation.ts';
import type { WorkloadQuery } from '../workload.ts';
import type { CatalogFacts } from './facts.ts';

export type ValueKind = QueryEffect['values'];

/** One way to ask the planner about a query: with values in place of its parameters, or with `$n` left in. */
export interface Variant {
  values: ValueKind;
  sql: string;
  generic: boolean;
}

const KINDS = ['typical', 'frequent', 'rare'] as const;
type Kind = (typeof KINDS)[number] | 'absent';

/**
 * The planner's guesses for `$n` are fixed (a third for `>`, 10 % for LIMIT), so a query is asked about with values that
 * its columns really hold: typical, frequent and rare ones. Variants that come to the same text are one. Parameters that
 * no statistics speak of stay `$n`.
 */
export function variantsOf(query: WorkloadQuery, facts: CatalogFacts): Variant[] {
  const [text] = query.texts;
  if (text === undefined) return [];
  if (!/\$\d/.test(text)) return [{ values: 'typical', sql: text, generic: false }];
  const seen = new Set<string>();
  const variants = KINDS.map((kind) => variant(query, text, kind, facts)).filter(
    ({ sql }) => !seen.has(sql) && seen.add(sql),
  );
  const [only] = variants;
  return variants.length === 1 && only !== undefined && only.sql === text
    ? [{ values: 'generic', sql: text, generic: true }]
    : variants;
}

/** With values that hardly any row has; null where statistics do not say what such a value would be. */
export function absentVariant(query: WorkloadQuery, facts: CatalogFacts): Variant | null {
  const [text] = query.texts;
  if (text === undefined || !query.shape.uses.some((use) => absentFor(use, facts) !== null)) return null;
  return variant(query, text, 'absent', facts);
}

function absentFor(use: ColumnUse, facts: CatalogFacts): string | null {
  if (use.role !== 'equality' || use.value?.kind !== 'parameter' || use.column === null) return null;
  const column = facts.column(use.table, use.column);
  return column === undefined ? null : absentValue(column);
}

/** With `$n` throughout: asked when the server does not take our values. */
export function genericVariant(query: WorkloadQuery): Variant | null {
  const [text] = query.texts;
  return text === undefined ? null : { values: 'generic', sql: text, generic: true };
}

function variant(query: WorkloadQuery, text: string, kind: Kind, facts: CatalogFacts): Variant {
  const values = parameterValues(query, kind, facts);
  let left = false;
  const sql = replaceParameters(text, (number) => {
    const value = values.get(number);
    if (value === undefined) left = true;
    return value ?? null;
  });
  return { values: kind, sql, generic: left };
}

/** Literals, `$n` and comments as PostgreSQL's scanner tells them apart; what looks like a parameter in a string is none. */
const TOKENS =
  /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|\$([A-Za-z_]\w*)?\$[\s\S]*?\$\1\$|\$(\d+)/g;

export function replaceParameters(text: string, valueOf: (number: number) => string | null): string {
  return text.replaceAll(TOKENS, (token: string, _tag: string | undefined, digits: string | undefined) => {
    if (digits === undefined) return token;
    return valueOf(Number(digits)) ?? token;
  });
}

/** SQL literals by parameter. */
function parameterValues(query: WorkloadQuery, kind: Kind, facts: CatalogFacts): Map<number, string> {
  const { limit, offset, uses, parameters } = query.shape;
  const found = new Map<number, string>();
  const taken = new Map<string, number>();
  for (const use of uses) {
    if (use.value?.kind !== 'parameter' || found.has(use.value.number)) continue;
    const column = use.column === null ? undefined : facts.column(use.table, use.column);
    if (column === undefined || column.statistics === null) continue;
    // A second equality on the same column (an IN list written out) takes the next value.
    const place = `${use.alias} ${use.column} ${use.role}`;
    const turn = taken.get(place) ?? 0;
    taken.set(place, turn + 1);
    const value = valueFor(use, column, kind, turn, isBetween(use, uses));
    if (value !== null) found.set(use.value.number, value);
  }
  if (limit?.kind === 'parameter') found.set(limit.number, String(rowsPerCall(query)));
  if (offset?.kind === 'parameter') found.set(offset.number, '0');
  for (const [number, type] of parameters) {
    if (type === 'interval' && !found.has(number)) found.set(number, quoteLiteral(INTERVALS[kind]));
  }
  return found;
}

/** `now() - $1`: how far back people look. */
const INTERVALS: Readonly<Record<Kind, string>> = {
  typical: '7 days',
  frequent: '90 days',
  rare: '1 hour',
  absent: '1 hour',
};

/** A page that came back full is its limit; without rows a page of ten. */
function rowsPerCall({ rows, calls }: WorkloadQuery): number {
  return calls === 0 || rows === 0 ? 10 : Math.max(1, Math.ceil(rows / calls));
}

function valueFor(
  use: ColumnUse,
  column: CatalogColumn,
  kind: Kind,
  turn: number,
  hasOtherBound: boolean,
): string | null {
  const { statistics } = column;
  if (statistics === null) return null;
  const absent = kind === 'absent' && use.role === 'equality' ? absentValue(column) : null;
  if (absent !== null) return quoteLiteral(absent);
  switch (use.role) {
    case 'equality':
    case 'other-condition': {
      const value = equalValue(statistics, kind, turn);
      return value === null ? null : quoteLiteral(value);
    }
    case 'list': {
      const values = [0, 1, 2].flatMap((next) => equalValue(statistics, kind, turn + next) ?? []);
      if (values.length === 0) return null;
      return use.operator === 'IN' ? quoteLiteral(values[0] ?? '') : quoteLiteral(arrayText(values));
    }
    case 'range': {
      const value = boundFor(use.operator ?? '', statistics, kind, hasOtherBound);
      return value === null ? null : quoteLiteral(value);
    }
    case 'prefix':
    case 'pattern':
      return patternFor(use, statistics, kind);
    default:
      return null;
  }
}

function arrayText(values: readonly string[]): string {
  return `{${values.map((value) => `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`).join(',')}}`;
}

/** frequent: the most common one; rare: one that is in no list of common values; typical: in between. */
function equalValue(
  { mostCommonValues, histogram, mostCommonShares, nullShare }: ColumnStatistics,
  kind: Kind,
  turn: number,
): string | null {
  const at = (values: readonly string[], share: number): string | null =>
    values.length === 0
      ? null
      : (values[(Math.floor(share * (values.length - 1)) + turn) % values.length] ?? null);
  const common = mostCommonShares.reduce((sum, share) => sum + share, 0) / Math.max(0.01, 1 - nullShare);
  if (kind === 'frequent') return at(mostCommonValues, 0) ?? at(histogram, 0.1);
  if (kind === 'rare' || kind === 'absent') return at(histogram, 0.75) ?? at(mostCommonValues, 1);
  // Most calls ask for what most rows hold.
  return common >= 0.5 ? at(mostCommonValues, 0.5) : (at(histogram, 0.5) ?? at(mostCommonValues, 0.5));
}

/** Share of the rows that a condition with one bound, or with two, is to leave. */
const RANGE_SHARE: Readonly<Record<Kind, number>> = { typical: 0.1, frequent: 0.4, rare: 0.01, absent: 0.01 };

function boundFor(
  operator: string,
  { histogram, mostCommonValues }: ColumnStatistics,
  kind: Kind,
  hasOtherBound: boolean,
): string | null {
  const values = histogram.length > 1 ? histogram : mostCommonValues;
  const share = RANGE_SHARE[kind];
  const isLower = operator.startsWith('>');
  // With both bounds around the middle; with one from the end that it opens to.
  const quantile = hasOtherBound ? 0.5 + ((isLower ? -1 : 1) * share) / 2 : isLower ? 1 - share : share;
  const scaled = quantile * (values.length - 1);
  return values[isLower ? Math.floor(scaled) : Math.ceil(scaled)] ?? null;
}

function isBetween(use: ColumnUse, uses: readonly ColumnUse[]): boolean {
  return (
    use.role === 'range' &&
    uses.some(
      (other) =>
        other !== use &&
        other.role === 'range' &&
        other.alias === use.alias &&
        other.scope === use.scope &&
        other.column === use.column &&
        (other.operator ?? '').startsWith('>') !== (use.operator ?? '').startsWith('>'),
    )
  );
}

/** Longer pieces are rarer. */
const PIECE: Readonly<Record<Kind, number>> = { typical: 5, frequent: 3, rare: 8, absent: 8 };

function patternFor(use: ColumnUse, statistics: ColumnStatistics, kind: Kind): string | null {
  if (!/^!?~~\*?$|like/i.test(use.operator ?? '~~')) return null;
  const value = equalValue(statistics, 'rare', 0);
  if (value === null || value.length < 3) return null;
  const start = use.role === 'prefix' ? 0 : Math.floor(value.length / 4);
  const piece = value.slice(start, start + PIECE[kind]).replaceAll(/[%_\\]/g, '');
  return quoteLiteral(use.role === 'prefix' ? `${piece}%` : `%${piece}%`);
}
