import type { ColumnStatistics, IndexMethod } from '../../_shared/database/catalog.ts';

/** What the size of an index follows from. */
export interface IndexSizeInput {
  method: IndexMethod;
  /** Entries: rows of the table that the predicate lets in. */
  rows: number;
  tablePages: number;
  keys: readonly IndexedValue[];
  include: readonly IndexedValue[];
}

/** One column or expression of an index. */
export interface IndexedValue {
  /** As the server writes it: `integer`, `character varying(80)`. */
  type: string;
  /** null: never analysed; a width is then guessed from the type. */
  statistics: ColumnStatistics | null;
}

const PAGE_BYTES = 8_192;
/** Of a page without header and special space. */
const USABLE_BYTES = 8_152;
const TUPLE_HEADER_BYTES = 8;
const NULL_BITMAP_BYTES = 8;
const LINE_POINTER_BYTES = 4;
const TUPLE_ID_BYTES = 6;
const BTREE_FILL = 0.9;
/** A posting list is cut at a tenth of a page when an index is built (nbtsort.c). */
const TUPLE_IDS_PER_LIST = 130;
/** Most pages above the leaves: one for each of so many. */
const FANOUT = 200;

/** Pages of an index that would be built now; a formula checked against real ones, see the benchmark `advisor`. */
export function indexPages(input: IndexSizeInput): number {
  switch (input.method) {
    case 'btree':
      return btreePages(input);
    case 'gin':
      return ginPages(input);
    case 'brin':
      return brinPages(input);
    case 'hash':
      return hashPages(input);
    default:
      return treePages(input);
  }
}

export function indexBytes(input: IndexSizeInput): number {
  return indexPages(input) * PAGE_BYTES;
}

function btreePages({ rows, keys, include }: IndexSizeInput): number {
  if (rows < 1) return 1;
  const values = [...keys, ...include];
  const merges = include.length === 0 && keys.every(canBeMerged);
  const nullShare = values.length === 1 ? (values[0]?.statistics?.nullShare ?? 0) : 0;
  const nulls = rows * nullShare;
  const dataBytes = alignTo8(values.reduce((sum, value) => sum + alignedWidth(value), 0));
  // A tuple with a null in it carries a bitmap; among several columns, the share of such is not known.
  const bitmap =
    values.length > 1 ? Math.max(...values.map(({ statistics }) => statistics?.nullShare ?? 0)) : 0;
  const tupleBytes = TUPLE_HEADER_BYTES + dataBytes + bitmap * NULL_BITMAP_BYTES + LINE_POINTER_BYTES;
  const bytes =
    entryBytes(rows - nulls, distinctOf(keys, rows), tupleBytes, merges) +
    entryBytes(nulls, 1, TUPLE_HEADER_BYTES + NULL_BITMAP_BYTES + LINE_POINTER_BYTES, merges);
  const leaves = Math.max(1, Math.ceil(bytes / (USABLE_BYTES * BTREE_FILL)));
  return 1 + leaves + (leaves > 1 ? Math.ceil(leaves / FANOUT) : 0);
}

/** Of entries with so many different values: each of its own, or as lists of row ids under one value. */
function entryBytes(rows: number, distinct: number, tupleBytes: number, merges: boolean): number {
  if (!merges || distinct >= rows * 0.95) return rows * tupleBytes;
  const lists = distinct + rows / TUPLE_IDS_PER_LIST;
  return Math.min(rows * TUPLE_ID_BYTES + lists * tupleBytes, rows * tupleBytes);
}

/** Values that are equal and yet look different are never merged (BTREE deduplication). */
function canBeMerged({ type }: IndexedValue): boolean {
  return !/^(numeric|real|double precision|jsonb|float)|\[\]$|range$/.test(type);
}

/**
 * Combinations of values that occur: each of the possible ones is drawn with the same chance (Cardenas). Columns that
 * depend on each other have fewer.
 */
export function distinctOf(values: readonly IndexedValue[], rows: number): number {
  let possible = 1;
  for (const { statistics } of values) {
    const count = statistics === null ? 200 : countOf(statistics.distinct, rows);
    possible *= Math.max(1, count) + ((statistics?.nullShare ?? 0) > 0 ? 1 : 0);
  }
  const [only] = values;
  if (values.length === 1 && only !== undefined) return Math.min(rows, possible);
  return Math.max(1, Math.min(rows, possible * -Math.expm1(-rows / possible)));
}

function countOf(distinct: number, rows: number): number {
  return distinct < 0 ? -distinct * rows : Math.min(distinct, rows);
}

const FIXED_WIDTHS: readonly (readonly [RegExp, number, number])[] = [
  [/^(boolean|"char")$/, 1, 1],
  [/^smallint$/, 2, 2],
  [/^(integer|date|real|oid)$/, 4, 4],
  [/^(bigint|double precision|timestamp|time(?! with time)|money)/, 8, 8],
  [/^time.* with time zone/, 12, 8],
  [/^uuid$/, 16, 1],
  [/^interval/, 16, 8],
  [/^macaddr$/, 6, 4],
];
/** Of a type without a fixed width that was never analysed. */
const GUESSED_BYTES = 32;

function alignedWidth({ type, statistics }: IndexedValue): number {
  const fixed = FIXED_WIDTHS.find(([pattern]) => pattern.test(type));
  if (fixed !== undefined) return Math.ceil(fixed[1] / fixed[2]) * fixed[2];
  const width = statistics?.averageWidth ?? GUESSED_BYTES;
  // Short values have a header of one byte and no alignment; longer ones start at a word.
  return width <= 127 ? width : Math.ceil(width / 4) * 4;
}

function alignTo8(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}

/** Row ids are compressed by their differences: about two bytes each, and one where a value is everywhere. */
const GIN_BYTES_PER_ENTRY = 2;
const GIN_BYTES_PER_KEY = 24;

function ginPages({ rows, keys }: IndexSizeInput): number {
  let bytes = 0;
  for (const { type, statistics } of keys) {
    const width = statistics?.averageWidth ?? GUESSED_BYTES;
    const share = 1 - (statistics?.nullShare ?? 0);
    const elements = elementsOf(type, width);
    const distinct = Math.min(rows * elements, /^(text|character|varchar|citext)/.test(type) ? 20_000 : rows);
    bytes += rows * share * elements * GIN_BYTES_PER_ENTRY + distinct * GIN_BYTES_PER_KEY;
  }
  return 2 + Math.ceil(bytes / USABLE_BYTES);
}

/** Keys that one value is taken apart into. */
function elementsOf(type: string, width: number): number {
  if (type === 'jsonb') return Math.max(1, width / 14);
  if (type === 'tsvector') return Math.max(1, width / 12);
  if (type.endsWith('[]'))
    return Math.max(1, (width - 24) / (/^(bigint|timestamp|double)/.test(type) ? 8 : 4));
  // Trigrams: about as many as characters, and one more at each end.
  return width + 1;
}

const BRIN_PAGES_PER_RANGE = 128;

function brinPages({ tablePages, keys }: IndexSizeInput): number {
  const summary = 16 + keys.reduce((sum, value) => sum + 2 * alignTo8(alignedWidth(value)), 0);
  const ranges = Math.ceil(tablePages / BRIN_PAGES_PER_RANGE);
  return 2 + Math.max(1, Math.ceil((ranges * summary) / USABLE_BYTES));
}

function hashPages({ rows }: IndexSizeInput): number {
  // A hash code and a tuple id, pages three quarters full, buckets in powers of two.
  const perPage = Math.floor((USABLE_BYTES * 0.75) / 20);
  return 2 + 2 ** Math.ceil(Math.log2(Math.max(1, rows / perPage)));
}

/** GiST and SP-GiST: pages are two thirds full after a build. */
function treePages({ rows, keys }: IndexSizeInput): number {
  const width = alignTo8(keys.reduce((sum, value) => sum + Math.max(8, alignedWidth(value)), 0));
  const bytes = rows * (width + TUPLE_HEADER_BYTES + LINE_POINTER_BYTES);
  return 1 + Math.ceil(bytes / (USABLE_BYTES * 0.67));
}
