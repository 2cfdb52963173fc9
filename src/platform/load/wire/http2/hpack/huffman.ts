import { END_OF_STRING, huffmanCodes } from './huffman-code.ts';

/**
 * A decoder that takes four bits a step. Its states are the inner nodes of the code's tree; an entry holds where four bits lead
 * from a state and what they complete: as no code is shorter than five bits, at most one symbol.
 */
const NIBBLE_BITS = 4;
const NEXT_MASK = 0xff;
const SYMBOL_SHIFT = 8;
const EMITS = 1 << 16;
/** End of string is no part of a string (RFC 7541, section 5.2). */
const FAILS = 1 << 17;
/** Padding is shorter than a byte and the beginning of end-of-string's code, which is all ones. */
const MAX_PADDING_BITS = 7;

interface Decoder {
  steps: Uint32Array;
  /** By state: 1 where the string may end. */
  mayEnd: Uint8Array;
}

/** Made when the first Huffman string comes: not every server sends one. */
let decoder: Decoder | null = null;

/**
 * Decodes into `target` from `targetStart` on and returns where it ended; -1 for bytes that are no Huffman string: a wrong or
 * too long padding, an end-of-string symbol. Five bits are the shortest code, so `target` needs at most 8/5 of the bytes.
 */
export function decodeHuffman(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  targetStart: number,
): number {
  decoder ??= buildDecoder();
  const { steps, mayEnd } = decoder;
  let state = 0;
  let position = targetStart;
  for (let at = start; at < end; at += 1) {
    const byte = source[at]!;
    let step = steps[(state << NIBBLE_BITS) | (byte >>> NIBBLE_BITS)]!;
    if ((step & EMITS) !== 0) {
      target[position] = (step >>> SYMBOL_SHIFT) & 0xff;
      position += 1;
    }
    const failed = step & FAILS;
    step = steps[((step & NEXT_MASK) << NIBBLE_BITS) | (byte & 0xf)]!;
    if ((step & EMITS) !== 0) {
      target[position] = (step >>> SYMBOL_SHIFT) & 0xff;
      position += 1;
    }
    if (((step | failed) & FAILS) !== 0) return -1;
    state = step & NEXT_MASK;
  }
  return mayEnd[state] === 1 ? position : -1;
}

/** Children of inner nodes; the root is node 0. A leaf is `-1 - symbol`. */
interface Node {
  zero: number;
  one: number;
}

function buildDecoder(): Decoder {
  const nodes = buildTree();
  const steps = new Uint32Array(nodes.length << NIBBLE_BITS);
  for (let state = 0; state < nodes.length; state += 1) {
    for (let nibble = 0; nibble < 1 << NIBBLE_BITS; nibble += 1) {
      steps[(state << NIBBLE_BITS) | nibble] = walk(nodes, state, nibble);
    }
  }
  const mayEnd = new Uint8Array(nodes.length);
  for (let node = 0, depth = 0; depth <= MAX_PADDING_BITS; depth += 1) {
    mayEnd[node] = 1;
    node = nodes[node]!.one;
  }
  return { steps, mayEnd };
}

function buildTree(): Node[] {
  const unset = Number.MIN_SAFE_INTEGER;
  const nodes: Node[] = [{ zero: unset, one: unset }];
  for (const { symbol, code, bits } of huffmanCodes()) {
    let node = 0;
    for (let bit = bits - 1; bit >= 0; bit -= 1) {
      const side = ((code >>> bit) & 1) === 1 ? 'one' : 'zero';
      if (bit === 0) {
        nodes[node]![side] = -1 - symbol;
      } else {
        if (nodes[node]![side] === unset) {
          nodes[node]![side] = nodes.length;
          nodes.push({ zero: unset, one: unset });
        }
        node = nodes[node]![side];
      }
    }
  }
  return nodes;
}

function walk(nodes: readonly Node[], from: number, nibble: number): number {
  let node = from;
  let emitted = 0;
  for (let bit = NIBBLE_BITS - 1; bit >= 0; bit -= 1) {
    const next = ((nibble >>> bit) & 1) === 1 ? nodes[node]!.one : nodes[node]!.zero;
    if (next >= 0) {
      node = next;
    } else {
      const symbol = -1 - next;
      if (symbol === END_OF_STRING) return FAILS;
      emitted = EMITS | (symbol << SYMBOL_SHIFT);
      node = 0;
    }
  }
  return emitted | node;
}
