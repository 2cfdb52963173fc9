import { type JsonValue, query } from 'jsonpath-rfc9535';
import parse from 'jsonpath-rfc9535/parser';

/** A JSONPath (RFC 9535), compiled once. */
export interface JsonPath {
  /** It can select no more than one value. */
  single: boolean;
  /** The first value, or undefined where there is none (a JSON null is null). */
  first(json: unknown): unknown;
  all(json: unknown): unknown[];
}

/** A member's name, an element's index, or all of them. */
type Selector = string | number | typeof ALL;
const ALL = Symbol('all');

/** Throws where it is not a JSONPath; the message says where. */
export function compileJsonPath(path: string): JsonPath {
  const selectors = plainSelectors(path);
  if (selectors === null) {
    // Filters, slices and descendants: the library parses anew each time, some ten microseconds.
    const all = (json: unknown): unknown[] => (json === undefined ? [] : query(json as JsonValue, path));
    return { single: false, first: (json) => all(json)[0], all };
  }
  if (selectors.includes(ALL)) {
    const all = (json: unknown): unknown[] => selectors.reduce(selectFrom, [json]);
    return { single: false, first: (json) => all(json)[0], all };
  }
  const first = (json: unknown): unknown => {
    let value = json;
    for (let index = 0; index < selectors.length && value !== undefined; index += 1) {
      value = child(value, selectors[index] as string | number);
    }
    return value;
  };
  return {
    single: true,
    first,
    all(json) {
      const value = first(json);
      return value === undefined ? [] : [value];
    },
  };
}

/** null where the path holds more than names, indices and wildcards, one after another. */
function plainSelectors(path: string): Selector[] | null {
  const selectors: Selector[] = [];
  for (const segment of parse(path).segments) {
    if (segment.type !== 'ChildSegment') return null;
    const { node } = segment;
    const [selector, ...others] = node.type === 'BracketedSelection' ? node.selectors : [node];
    if (selector === undefined || others.length > 0) return null;
    switch (selector.type) {
      case 'MemberNameShorthand':
      case 'NameSelector':
      case 'IndexSelector':
        selectors.push(selector.value);
        break;
      case 'WildcardSelector':
        selectors.push(ALL);
        break;
      default:
        return null;
    }
  }
  return selectors;
}

function selectFrom(values: unknown[], selector: Selector): unknown[] {
  if (selector === ALL) {
    return values.flatMap((value) => {
      if (Array.isArray(value)) return value;
      return typeof value === 'object' && value !== null ? Object.values(value) : [];
    });
  }
  return values.map((value) => child(value, selector)).filter((value) => value !== undefined);
}

/** Only what the JSON itself holds: `constructor` and `length` are no members. */
function child(value: unknown, selector: string | number): unknown {
  if (typeof selector === 'number') return Array.isArray(value) ? value.at(selector) : undefined;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return Object.hasOwn(value, selector) ? (value as Record<string, unknown>)[selector] : undefined;
}
