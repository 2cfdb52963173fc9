import type { ByteSlice } from '../../../../core/log/record-view.ts';
import { findKey } from './key-table.ts';
import type { LayoutNode } from './layout.ts';
import { ROLE } from './layout.ts';
import { createJsonMembers, JSON_KIND, nextMember, openObject } from './members.ts';
import { unescapeJson } from './unescape.ts';

const MAX_DEPTH = 6;
const MAX_FIELDS = 256;
const MAX_VALUE_BYTES = 4_096;

/** All members of a record but those that the view holds already: time, level, message and stack. Nested ones by dotted name, arrays as written. */
export function jsonFields(
  layout: LayoutNode | null,
  raw: ByteSlice,
  sink: (name: string, value: string) => void,
): void {
  // Bytes of other makers may be no Buffer, which is what turns slices into text without an intermediate array.
  const bytes = Buffer.from(raw.bytes.buffer, raw.bytes.byteOffset, raw.bytes.length);
  walk({ bytes, sink, left: MAX_FIELDS }, layout, '', raw.start, raw.end, 0);
}

interface Walk {
  bytes: Buffer;
  sink: (name: string, value: string) => void;
  left: number;
}

function walk(
  state: Walk,
  layout: LayoutNode | null,
  prefix: string,
  start: number,
  end: number,
  depth: number,
): void {
  const members = createJsonMembers();
  const { bytes } = state;
  if (!openObject(members, bytes, start, end)) return;
  while (state.left > 0 && nextMember(members)) {
    const { keyStart, keyEnd, valueStart, valueEnd, kind } = members;
    const index = layout === null ? -1 : findKey(layout.keys, bytes, keyStart, keyEnd);
    const name = prefix + bytes.toString('utf8', keyStart, keyEnd);
    if (kind === JSON_KIND.object && depth < MAX_DEPTH) {
      walk(
        state,
        index === -1 ? null : (layout?.children[index] ?? null),
        `${name}.`,
        valueStart,
        valueEnd,
        depth + 1,
      );
      continue;
    }
    if (index !== -1 && isInView(layout!.roles[index]!)) continue;
    const valueCut = Math.min(valueEnd, valueStart + MAX_VALUE_BYTES);
    const value = members.isEscaped
      ? unescaped(bytes, valueStart, valueCut)
      : bytes.toString('utf8', valueStart, valueCut);
    if (value === 'null' && kind === JSON_KIND.other) continue;
    state.left -= 1;
    state.sink(name, value);
  }
}

function isInView(role: number): boolean {
  return role === ROLE.time || role === ROLE.level || role === ROLE.message || role === ROLE.stack;
}

function unescaped(bytes: Buffer, start: number, end: number): string {
  const text = Buffer.allocUnsafe(end - start);
  return text.toString('utf8', 0, unescapeJson(bytes, start, end, text, 0));
}
