import { type KnownBytes, knownBytes } from '../wire/known-bytes.ts';

/**
 * The JSON of the body that a step saw last. Many endpoints answer the same bytes again and again (a list, a product, a price), and to
 * compare those costs a tenth of parsing them. What JSON bytes are depends on nothing else, so a check sees no difference.
 */
export interface JsonMemory {
  known: KnownBytes | null;
  json: unknown;
  /** Bodies in a row that were other ones. */
  misses: number;
}

/** Larger ones are not kept: there is one memory for each step of a worker. */
const MAX_BYTES = 65_536;

/** Bodies that never come again are soon no longer kept, and only tried again from time to time. */
const TRIES = 4;
const TRY_AGAIN_AFTER = 64;

export function createJsonMemory(): JsonMemory {
  return { known: null, json: undefined, misses: 0 };
}

/** Of a body whose bytes are those of the memory. Nobody may change what it returns. */
export function recallJson(memory: JsonMemory): unknown {
  memory.misses = 0;
  return memory.json;
}

/** Nobody may change what it returns. undefined: no JSON. */
export function parseRemembered(memory: JsonMemory, bytes: Buffer): unknown {
  if (memory.known?.bytes.equals(bytes) === true) return recallJson(memory);
  const json = parsedOrUndefined(bytes);
  memory.misses += 1;
  if (bytes.length <= MAX_BYTES && (memory.misses <= TRIES || memory.misses % TRY_AGAIN_AFTER === 0)) {
    memory.known = knownBytes(bytes);
    memory.json = json;
  }
  return json;
}

function parsedOrUndefined(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
