/** Strings by key, each with an end to its life; the least recently used make room when memory is short. */
export interface Memory {
  get(key: string): string | null;
  set(key: string, value: string, lifeMs?: number): void;
  /** Whether there was one. */
  delete(key: string): boolean;
  readonly keys: number;
  readonly usedBytes: number;
}

interface Entry {
  value: string;
  bytes: number;
  endsAtMs: number;
}

/** What an entry costs beside its text: object, map slot, string headers. An estimate. */
const ENTRY_OVERHEAD_BYTES = 120;

/** `nowMs` may be any steadily rising clock. */
export function createMemory(maxBytes: number, nowMs: () => number): Memory {
  // A Map keeps the order of insertion: what is used moves to the end, what is oldest stands first.
  const entries = new Map<string, Entry>();
  let usedBytes = 0;

  function remove(key: string): Entry | undefined {
    const entry = entries.get(key);
    if (entry === undefined) return undefined;
    entries.delete(key);
    usedBytes -= entry.bytes;
    return entry;
  }
  function insert(key: string, entry: Entry): void {
    entries.set(key, entry);
    usedBytes += entry.bytes;
  }
  return {
    get(key) {
      const entry = remove(key);
      if (entry === undefined || entry.endsAtMs <= nowMs()) return null;
      insert(key, entry);
      return entry.value;
    },
    set(key, value, lifeMs = Infinity) {
      remove(key);
      const bytes = Buffer.byteLength(key) + Buffer.byteLength(value) + ENTRY_OVERHEAD_BYTES;
      if (bytes > maxBytes) return;
      insert(key, { value, bytes, endsAtMs: nowMs() + lifeMs });
      for (const oldest of entries.keys()) {
        if (usedBytes <= maxBytes) break;
        remove(oldest);
      }
    },
    delete: (key) => remove(key) !== undefined,
    get keys() {
      return entries.size;
    },
    get usedBytes() {
      return usedBytes;
    },
  };
}
