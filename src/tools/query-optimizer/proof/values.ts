import type { Catalog } from '../../_shared/database/catalog.ts';
import type { ColumnUse, QueryShape, Value } from '../../_shared/sql/types.ts';
import type { WorkloadQuery } from '../workload.ts';
import { type Literal, parameterNumbers, type Values } from './bind.ts';
import { drawKeys, type DrawKind, drawRange, keyExpression } from './draw.ts';
import type { Sandbox } from './types.ts';

/** Values for all placeholders of a query, as one kind of call has them. */
export interface Draw {
  kind: DrawKind;
  values: Values;
}

export interface Drawn {
  draws: readonly Draw[];
  /** Why there is none; null where there is one. */
  unknown: string | null;
}

interface DrawRequest {
  query: Pick<WorkloadQuery, 'shape' | 'calls' | 'rows'>;
  /** The text whose placeholders are filled. */
  text: string;
  /** Placeholders that take an array, beside those of `= ANY ($n)`. */
  arrays?: readonly number[];
  catalog: Catalog;
  sandbox: Sandbox;
  random: () => number;
}

const KINDS: readonly DrawKind[] = ['typical', 'frequent', 'rare'];

/**
 * Values that calls are likely to have had: nobody logs them, so they are drawn from the data. Columns of one table
 * get their values from one row, so that a tenant comes with its own orders and not with those of somebody else.
 */
export async function drawValues(request: DrawRequest): Promise<Drawn> {
  const numbers = await parameterNumbers(request.text);
  if (numbers.length === 0) return { draws: [{ kind: 'typical', values: new Map() }], unknown: null };
  const draws: Draw[] = [];
  for (const kind of kindsOf(request.query)) {
    const values = await drawOne(request, kind);
    const missing = numbers.find((number) => !values.has(number));
    if (missing !== undefined) return { draws: [], unknown: `nobody knows what values $${missing} has` };
    if (!draws.some((draw) => isSame(draw.values, values))) draws.push({ kind, values });
  }
  return { draws, unknown: null };
}

/** Calls that never found a row asked for something that is not there, and that can be what makes them slow. */
function kindsOf({ calls, rows }: DrawRequest['query']): readonly DrawKind[] {
  return calls > 0 && rows === 0 ? [...KINDS, 'absent'] : KINDS;
}

async function drawOne(request: DrawRequest, kind: DrawKind): Promise<Map<number, Literal>> {
  const { shape } = request.query;
  const arrays = new Set([...arrayParameters(request.text), ...(request.arrays ?? [])]);
  const values = new Map<number, Literal>();
  for (const uses of byAlias(shape).values()) {
    const keys = uses.filter(({ role }) => role !== 'range');
    const drawn = await drawKeys({ ...request, arrays, uses: keys, kind });
    for (const [number, value] of drawn.values) values.set(number, value);
    const ranges = uses.filter(({ role }) => role === 'range');
    for (const sides of groupOf(ranges, keyExpression).values()) {
      const limits = await drawRange({ ...request, sides, kind, within: drawn.condition });
      for (const [number, value] of limits) values.set(number, value);
    }
  }
  fill(values, shape.limit, pageSize(request.query));
  fill(values, shape.offset, offsetOf(kind));
  for (const [number, type] of shape.parameters) {
    const assumed = assumedValue(type);
    if (!values.has(number) && assumed !== null) values.set(number, { text: assumed, type });
  }
  return values;
}

/** Uses with a placeholder, by the mention of the table that they belong to. */
function byAlias(shape: QueryShape): Map<string, ColumnUse[]> {
  // A normalised expression can hold placeholders itself, `to_char(x, $1)`: then nobody knows what it gives.
  const compared = shape.uses.filter(
    ({ value, role, expression }) =>
      value?.kind === 'parameter' && role !== 'written' && !/\$\d/.test(expression ?? ''),
  );
  return groupOf(compared, ({ table, alias, scope }) => `${table} ${alias} ${scope}`);
}

function groupOf<Entry>(entries: readonly Entry[], keyOf: (entry: Entry) => string): Map<string, Entry[]> {
  const groups = new Map<string, Entry[]>();
  for (const entry of entries) {
    const group = groups.get(keyOf(entry));
    if (group === undefined) groups.set(keyOf(entry), [entry]);
    else group.push(entry);
  }
  return groups;
}

/** `= ANY ($1)` takes an array; each place of `IN ($1, $2)` one value. */
function arrayParameters(text: string): number[] {
  return [...text.matchAll(/\bany\s*\(+\s*\$(\d+)/gi)].map(([, number]) => Number(number));
}

function fill(values: Map<number, Literal>, place: Value | null, count: number): void {
  if (place?.kind === 'parameter') values.set(place.number, { text: String(count), type: 'bigint' });
}

const DEFAULT_PAGE = 20;
const MAX_PAGE = 1_000;

/** Full pages are the rule, so a call's rows are its limit. */
function pageSize({ calls, rows }: Pick<WorkloadQuery, 'calls' | 'rows'>): number {
  const perCall = calls === 0 ? 0 : Math.ceil(rows / calls);
  return perCall === 0 ? DEFAULT_PAGE : Math.min(perCall, MAX_PAGE);
}

/** Most look at the first page; what hurts is the deep one. */
function offsetOf(kind: DrawKind): number {
  return { frequent: 0, typical: 100, rare: 10_000, absent: 0 }[kind];
}

/** Of placeholders that no column is compared with: constants that the server has taken out of the text. */
function assumedValue(type: string | null): string | null {
  if (type === null) return null;
  if (/^(small|big)?int(eger|[248])?$|^numeric|^real$|^double|^float/.test(type)) return '1';
  if (type === 'boolean' || type === 'bool') return 'true';
  return type === 'interval' ? '7 days' : null;
}

function isSame(one: Values, other: Values): boolean {
  return [...one].every(([number, { text }]) => other.get(number)?.text === text);
}
