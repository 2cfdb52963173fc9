import { readMappings } from './vlq.ts';

/** A map from the text of a bundle to the sources it was made of, ready to be asked. Plain data: it may go to another thread. */
export interface SourceMap {
  sources: readonly (string | null)[];
  names: readonly string[];
  /** Of each generated line (from 0) that has any: segments by column, five numbers each; bundles have some hundred thousand of them on one line. */
  lines: ReadonlyMap<number, Int32Array>;
}

/** Column, source, its line, its column, name; -1 where the segment says none. */
const STRIDE = 5;

/** A place in the sources: line from 1, column from 1, as stacks of V8 count. */
export interface OriginalPlace {
  file: string;
  line: number;
  column: number;
  /** The name that stands there in the source, where the map says it. */
  name: string | null;
}

/** Past this (40 MB in memory) a map is not read. */
const MAX_SEGMENTS = 2_000_000;

/** Parses the JSON of a map; null when it is none. Maps of sections (`sections`) are read as one. */
export function parseSourceMap(text: string): SourceMap | null {
  // Servers may put this before JSON so that it cannot be run as a script (ECMA-426, section 11.1).
  const value = parseJson(text.replace(/^\)\]\}'[^\n]*\n?/u, ''));
  const map = {
    sources: [] as (string | null)[],
    names: [] as string[],
    lines: new Map<number, Int32Array>(),
  };
  return value !== null && addMap(map, value, 0, 0) ? map : null;
}

interface GrowingMap {
  sources: (string | null)[];
  names: string[];
  lines: Map<number, Int32Array>;
}

function addMap(
  map: GrowingMap,
  value: Readonly<Record<string, unknown>>,
  line: number,
  column: number,
): boolean {
  if (Array.isArray(value['sections'])) {
    return value['sections'].every((section) => {
      const { offset, map: inner } = record(section);
      const { line: innerLine, column: innerColumn } = record(offset);
      if (!isOffset(innerLine) || !isOffset(innerColumn)) return false;
      return !Array.isArray(record(inner)['sections']) && addMap(map, record(inner), innerLine, innerColumn);
    });
  }
  const { version, mappings, sources, names = [], sourceRoot } = value;
  if (version !== 3 || typeof mappings !== 'string' || !Array.isArray(sources) || !Array.isArray(names))
    return false;
  const [firstSource, firstName] = [map.sources.length, map.names.length];
  const root =
    typeof sourceRoot === 'string' && sourceRoot !== '' ? `${sourceRoot.replace(/\/$/u, '')}/` : '';
  for (const source of sources)
    map.sources.push(typeof source === 'string' ? cleanSource(root + source) : null);
  for (const name of names) map.names.push(String(name));
  let count = 0;
  let onLine: number[] = [];
  let atLine = 0;
  const flush = (): void => {
    if (onLine.length > 0) map.lines.set(atLine, sorted([...(map.lines.get(atLine) ?? []), ...onLine]));
    onLine = [];
  };
  readMappings(mappings, (segment) => {
    count += 1;
    if (count > MAX_SEGMENTS) return;
    if (segment.line + line !== atLine) {
      flush();
      atLine = segment.line + line;
    }
    onLine.push(
      segment.line === 0 ? segment.column + column : segment.column,
      segment.source < 0 ? -1 : segment.source + firstSource,
      segment.sourceLine,
      segment.sourceColumn,
      segment.name < 0 ? -1 : segment.name + firstName,
    );
  });
  flush();
  return count <= MAX_SEGMENTS;
}

/** By column. Nearly every map is written that way; the specification does not promise it. */
function sorted(numbers: readonly number[]): Int32Array {
  const flat = Int32Array.from(numbers);
  const isAscending = (): boolean => {
    for (let at = STRIDE; at < flat.length; at += STRIDE) if (flat[at]! < flat[at - STRIDE]!) return false;
    return true;
  };
  if (isAscending()) return flat;
  const order = Array.from({ length: flat.length / STRIDE }, (_, index) => index * STRIDE);
  order.sort((a, b) => flat[a]! - flat[b]! || a - b);
  return Int32Array.from(order.flatMap((at) => [...flat.subarray(at, at + STRIDE)]));
}

/** Of bundlers' own schemes and of ways out of the output directory: `webpack://shop/./src/cart.ts`, `../../src/cart.ts`. */
function cleanSource(source: string): string {
  return source
    .replace(/^(?:webpack|webpack-internal|vite|rollup|turbopack|ng):\/\/\/?(?:[^/]*\/)?/u, '')
    .replace(/^(?:\.{1,2}\/)+/u, '')
    .replace(/[?#].*$/u, '');
}

/** Where a generated position (line and column from 1) is from; null where the map says nothing. */
export function originalPlace(map: SourceMap, line: number, column: number): OriginalPlace | null {
  const segments = map.lines.get(line - 1);
  if (segments === undefined) return null;
  let [low, high] = [0, segments.length / STRIDE];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (segments[middle * STRIDE]! <= column - 1) low = middle + 1;
    else high = middle;
  }
  const [, source, sourceLine, sourceColumn, name] = segments.subarray((low - 1) * STRIDE, low * STRIDE);
  // Before the first segment, or text that the bundler wrote itself.
  if (low === 0 || source === undefined || source === -1) return null;
  const file = map.sources[source] ?? null;
  if (file === null) return null;
  return { file, line: sourceLine! + 1, column: sourceColumn! + 1, name: map.names[name!] ?? null };
}

function isOffset(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 2 ** 31;
}

function parseJson(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? record(value) : null;
  } catch {
    return null;
  }
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
