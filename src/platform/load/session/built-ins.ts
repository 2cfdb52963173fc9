import { draw32, mix32, nextState } from '../../../core/load/draw.ts';
import type { Placeholder } from './template.ts';
import type { SessionState } from './types.ts';

/** What a text takes from its session. */
export type Value = (session: SessionState) => string;

/** Purposes above those of the plan itself. */
const UUID_PURPOSE = 16;

/** The session's next random number, in [0, 1). */
export function nextRandom(session: SessionState): number {
  session.random = nextState(session.random);
  return mix32(session.random) / 2 ** 32;
}

export function builtInValue(
  placeholder: Exclude<Placeholder, { kind: 'variable' }>,
  seed: number,
  now: () => number,
): Value {
  switch (placeholder.kind) {
    case 'uuid':
      return (session) => nextUuid(session, seed);
    case 'int': {
      const { from, to } = placeholder;
      return (session) => String(nextInteger(session, from, to));
    }
    case 'now':
      return timeValue(placeholder.form, now);
    case 'user':
      return (session) => String(session.number);
    case 'iteration':
    default:
      return (session) => String(session.iteration);
  }
}

function timeValue(form: 'iso' | 'ms' | 's', now: () => number): Value {
  switch (form) {
    case 'ms':
      return () => String(Math.floor(now()));
    case 's':
      return () => String(Math.floor(now() / 1000));
    case 'iso':
    default:
      return () => new Date(now()).toISOString();
  }
}

function nextInteger(session: SessionState, from: number, to: number): number {
  const span = to - from + 1;
  const random = nextRandom(session);
  // 32 bits are too coarse for a wide range: some of its numbers would never be drawn.
  const fine = span > 2 ** 20 ? random + nextRandom(session) / 2 ** 32 : random;
  return from + Math.floor(fine * span);
}

/**
 * Version 4 (RFC 9562) by its form. All 122 bits are drawn for (seed, session, round, how far it has drawn), so that neither sessions
 * nor workers share one: the session's own 32 bits of state would repeat in a large run, and look like a server's duplicate key.
 */
function nextUuid(session: SessionState, seed: number): string {
  session.random = nextState(session.random);
  const own = seed ^ Math.imul(session.iteration + 1, 0x9e3779b1);
  const word = (purpose: number): number =>
    mix32(draw32(own, session.number, UUID_PURPOSE + purpose) ^ mix32(session.random + purpose));
  const [second, third] = [word(1), word(2)];
  // The version in the middle of the second word, the variant at the top of the third.
  return (
    `${quarter(word(0))}-${half(second >>> 16)}-${half((second & 0x0fff) | 0x4000)}` +
    `-${half(((third >>> 16) & 0x3fff) | 0x8000)}-${half(third & 0xffff)}${quarter(word(3))}`
  );
}

/** Two digits of each byte: several times faster than toString and padStart. */
const HEXADECIMAL = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

function half(bits: number): string {
  return HEXADECIMAL[bits >>> 8]! + HEXADECIMAL[bits & 255]!;
}

function quarter(bits: number): string {
  return half(bits >>> 16) + half(bits & 0xffff);
}
