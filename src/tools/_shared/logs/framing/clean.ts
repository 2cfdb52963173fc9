const ESCAPE = 0x1b;
const BELL = 0x07;
const OSC = 0x5d;

/**
 * Copies text without NUL bytes and without the codes that colour terminals (ECMA-48: CSI and OSC sequences, and escapes of two bytes).
 * `to` must have room for it from `at` on; may be the same array with `at <= start`, as the copy is never longer. Returns where it ends.
 */
export function copyClean(bytes: Uint8Array, start: number, end: number, to: Uint8Array, at: number): number {
  let from = start;
  // Once one OSC has no end in the line, none behind it has: looking again each time would cost the square of the line.
  let mayEnd = true;
  while (from < end) {
    const byte = bytes[from]!;
    if (byte === ESCAPE && from + 1 < end && bytes[from + 1] === OSC) {
      const next: number = mayEnd ? oscEnd(bytes, from + 2, end) : -1;
      mayEnd = next !== -1;
      // One that never ends is no sequence: only its introducer goes, so that it cannot hide the line.
      from = mayEnd ? next : from + 2;
    } else if (byte === ESCAPE) {
      from = escapeEnd(bytes, from, end);
    } else {
      if (byte !== 0) {
        to[at] = byte;
        at += 1;
      }
      from += 1;
    }
  }
  return at;
}

function escapeEnd(bytes: Uint8Array, at: number, end: number): number {
  const kind = bytes[at + 1];
  if (at + 1 >= end) return end;
  if (kind === 0x5b) {
    // CSI: parameters and intermediates (0x20 to 0x3f), then one final byte (0x40 to 0x7e).
    let next = at + 2;
    while (next < end && bytes[next]! >= 0x20 && bytes[next]! <= 0x3f) next += 1;
    return next < end && bytes[next]! >= 0x40 && bytes[next]! <= 0x7e ? next + 1 : next;
  }
  return kind! >= 0x40 && kind! <= 0x7e ? at + 2 : at + 1;
}

/** Behind BEL or ESC \, with which an OSC ends; -1 where it does not. */
function oscEnd(bytes: Uint8Array, from: number, end: number): number {
  for (let next = from; next < end; next += 1) {
    if (bytes[next] === BELL) return next + 1;
    if (bytes[next] === ESCAPE && next + 1 < end && bytes[next + 1] === 0x5c) return next + 2;
  }
  return -1;
}
