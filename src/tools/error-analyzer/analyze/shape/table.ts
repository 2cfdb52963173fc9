import { canonicalOf, shapeOfTokens } from './canonical.ts';
import { collapsedText, endOfShape, hashCollapsed, type CollapsedHash } from './collapse.ts';
import { tokenise } from './tokens.ts';
import { OVERFLOW_SHAPE, type Shape, type ShapeTable } from './types.ts';

/** Of the memo of collapsed texts: a power of two. 12 bytes each. */
const MEMO_SLOTS = 1 << 17;
/** Slots a text may be in, from its own on. */
const MEMO_PROBES = 4;

const OVERFLOW: Shape = { key: '0000000000000000', canonical: '', template: '(shapes past the limit)' };

export interface ShapeTableOptions {
  /** Most shapes that are told apart; about half a KiB each. */
  capacity: number;
}

/**
 * Shapes by their bytes. Most lines cost one hash and one look-up: a memo maps collapsed texts to shapes. It is of fixed size and forgets at will, as
 * the shape is computed again from the bytes alone. Two collapsed texts of one 64-bit hash would count as one.
 */
export function createShapeTable({ capacity }: ShapeTableOptions): ShapeTable {
  const shapes: Shape[] = [OVERFLOW];
  const indexByCanonical = new Map<string, number>();
  const highs = new Int32Array(MEMO_SLOTS);
  const lows = new Int32Array(MEMO_SLOTS);
  /** Index + 1; 0 is an empty slot. */
  const indexes = new Int32Array(MEMO_SLOTS);
  const hash: CollapsedHash = { high: 0, low: 0 };
  let overflowed = 0;
  let evictAt = 0;

  function memoise(home: number, high: number, low: number, index: number): void {
    let slot = -1;
    for (let probe = 0; probe < MEMO_PROBES; probe += 1) {
      const candidate = (home + probe) & (MEMO_SLOTS - 1);
      if (indexes[candidate] === 0) {
        slot = candidate;
        break;
      }
    }
    if (slot === -1) {
      evictAt = (evictAt + 1) & (MEMO_PROBES - 1);
      slot = (home + evictAt) & (MEMO_SLOTS - 1);
    }
    highs[slot] = high;
    lows[slot] = low;
    indexes[slot] = index + 1;
  }

  function computed(bytes: Uint8Array, start: number, end: number): number {
    const collapsed = collapsedText(bytes, start, end);
    const tokens = tokenise(collapsed);
    const canonical = canonicalOf(tokens);
    const known = indexByCanonical.get(canonical);
    if (known !== undefined) return known;
    if (shapes.length > capacity) return OVERFLOW_SHAPE;
    const index = shapes.push(shapeOfTokens(collapsed, tokens, canonical)) - 1;
    indexByCanonical.set(canonical, index);
    return index;
  }

  return {
    indexOf(bytes, start, end) {
      const cut = endOfShape(bytes, start, end);
      hashCollapsed(bytes, start, cut, hash);
      const { high, low } = hash;
      const home = low & (MEMO_SLOTS - 1);
      for (let probe = 0; probe < MEMO_PROBES; probe += 1) {
        const slot = (home + probe) & (MEMO_SLOTS - 1);
        if (lows[slot] !== low || highs[slot] !== high) continue;
        const stored = indexes[slot] as number;
        if (stored === 0) continue;
        if (stored === OVERFLOW_SHAPE + 1) overflowed += 1;
        return stored - 1;
      }
      const index = computed(bytes, start, cut);
      if (index === OVERFLOW_SHAPE) overflowed += 1;
      memoise(home, high, low, index);
      return index;
    },
    shape(index) {
      const shape = shapes[index];
      if (shape === undefined) throw new RangeError(`No shape ${index}`);
      return shape;
    },
    get size() {
      return shapes.length;
    },
    get overflowed() {
      return overflowed;
    },
  };
}
