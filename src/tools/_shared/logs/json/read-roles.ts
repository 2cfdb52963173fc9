import { findKey } from './key-table.ts';
import { type LayoutNode, ROLE_COUNT } from './layout.ts';
import { bareEnd, JSON_KIND, nestedEnd } from './members.ts';

const BLANK = 0x20;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
/** Of objects that are looked into for roles. */
const MAX_DEPTH = 3;

/** Where the values of a record's roles stand. One object per format, filled anew. */
export interface RoleValues {
  /** Of each role: offsets of its value; start -1 where there is none. */
  start: Int32Array;
  end: Int32Array;
  kind: Uint8Array;
  isEscaped: Uint8Array;
  rank: Int16Array;
  /** Roles that were found. */
  found: number;
}

export function createRoleValues(): RoleValues {
  return {
    start: new Int32Array(ROLE_COUNT).fill(-1),
    end: new Int32Array(ROLE_COUNT),
    kind: new Uint8Array(ROLE_COUNT),
    isEscaped: new Uint8Array(ROLE_COUNT),
    rank: new Int16Array(ROLE_COUNT),
    found: 0,
  };
}

/** Hot. One pass over the object at `start`; false when there is none. */
export function readRoles(
  values: RoleValues,
  layout: LayoutNode,
  bytes: Uint8Array,
  start: number,
  end: number,
): boolean {
  for (let role = 0; role < ROLE_COUNT; role += 1) values.start[role] = -1;
  values.found = 0;
  return walk(values, layout, bytes, start, end, 0);
}

/** The walk of `members.ts` with its place in variables of its own: this is most of the work that a record of JSON makes. */
function walk(
  values: RoleValues,
  layout: LayoutNode,
  bytes: Uint8Array,
  start: number,
  end: number,
  depth: number,
): boolean {
  let at = start;
  while (at < end && bytes[at]! <= BLANK) at += 1;
  if (depth >= MAX_DEPTH || at >= end || bytes[at] !== JSON_KIND.object) return false;
  at += 1;
  for (;;) {
    while (at < end && (bytes[at] === COMMA || bytes[at]! <= BLANK)) at += 1;
    if (at >= end || bytes[at] !== QUOTE) return true;
    const keyStart = at + 1;
    at = keyStart;
    while (at < end && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
    const index = findKey(layout.keys, bytes, keyStart, at);
    at += 1;
    while (at < end && bytes[at]! <= BLANK) at += 1;
    if (at >= end || bytes[at] !== COLON) return true;
    at += 1;
    while (at < end && bytes[at]! <= BLANK) at += 1;
    if (at >= end) return true;
    const first = bytes[at]!;
    let valueStart = at;
    let valueEnd: number;
    let isEscaped = false;
    if (first === QUOTE) {
      valueStart += 1;
      at = plainEnd(bytes, valueStart, end);
      if (at < end && bytes[at] === BACKSLASH) {
        isEscaped = true;
        at = stringEnd(bytes, at, end);
      }
      valueEnd = at;
      at += 1;
    } else {
      at =
        first === JSON_KIND.object || first === JSON_KIND.array
          ? nestedEnd(bytes, at, end)
          : bareEnd(bytes, at, end);
      if (at > end) at = end;
      valueEnd = at;
    }
    if (index === -1) continue;
    if (first === JSON_KIND.object) {
      const child = layout.children[index];
      if (child !== null && child !== undefined) {
        walk(values, child, bytes, valueStart, valueEnd, depth + 1);
        continue;
      }
    }
    const role = layout.roles[index]!;
    if (role === -1 || isNothing(first, valueStart === valueEnd)) continue;
    const rank = layout.ranks[index]!;
    if (values.start[role] === -1) values.found += 1;
    else if (rank >= values.rank[role]!) continue;
    values.rank[role] = rank;
    values.start[role] = valueStart;
    values.end[role] = valueEnd;
    values.kind[role] = kindOf(first);
    values.isEscaped[role] = isEscaped ? 1 : 0;
  }
}

/** End of a string, or its first backslash. */
function plainEnd(bytes: Uint8Array, at: number, end: number): number {
  while (at < end) {
    const byte = bytes[at];
    if (byte === QUOTE || byte === BACKSLASH) break;
    at += 1;
  }
  return at;
}

function stringEnd(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return Math.min(at, end);
}

function kindOf(first: number): number {
  return first === JSON_KIND.string || first === JSON_KIND.object || first === JSON_KIND.array
    ? first
    : JSON_KIND.other;
}

/** `null`, `true` and `false` say nothing that a role wants; nor does an empty string. */
function isNothing(first: number, isEmpty: boolean): boolean {
  return first === JSON_KIND.string ? isEmpty : first === 0x6e || first === 0x74 || first === 0x66;
}
