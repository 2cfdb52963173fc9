import { ascii } from '../formats/support/bytes.ts';

/** Names of members, found from bytes without making a string. */
export interface KeyTable {
  names: readonly Uint8Array[];
  /** By slot: the first name in it, or -1; and by name the next one of its slot. */
  first: Int16Array;
  next: Int16Array;
}

const SLOTS = 128;

export function createKeyTable(keys: readonly string[]): KeyTable {
  const names = keys.map(ascii);
  const first = new Int16Array(SLOTS).fill(-1);
  const next = new Int16Array(names.length).fill(-1);
  for (let index = names.length - 1; index >= 0; index -= 1) {
    const slot = slotOf(names[index]!, 0, names[index]!.length);
    next[index] = first[slot]!;
    first[slot] = index;
  }
  return { names, first, next };
}

/** Hot. Index of the key in the list the table was made of, or -1. */
export function findKey(table: KeyTable, bytes: Uint8Array, start: number, end: number): number {
  let index = table.first[slotOf(bytes, start, end)]!;
  while (index !== -1) {
    const name = table.names[index]!;
    if (name.length === end - start && isAt(name, bytes, start)) return index;
    index = table.next[index]!;
  }
  return -1;
}

/** Length, and the ends: no two of the common names share all three. */
function slotOf(bytes: Uint8Array, start: number, end: number): number {
  if (start >= end) return 0;
  return ((end - start) * 5 + bytes[start]! * 3 + bytes[end - 1]! * 7) & (SLOTS - 1);
}

function isAt(name: Uint8Array, bytes: Uint8Array, start: number): boolean {
  for (let index = 0; index < name.length; index += 1) {
    if (name[index] !== bytes[start + index]) return false;
  }
  return true;
}
