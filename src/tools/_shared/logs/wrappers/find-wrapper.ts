import { cri } from './cri.ts';
import { dockerJson } from './docker-json.ts';
import { journal } from './journal.ts';
import { otlp } from './otlp.ts';
import { prefixed } from './prefixed.ts';
import type { WrapperKind } from './wrapper.ts';

export const WRAPPERS: readonly WrapperKind[] = [dockerJson, cri, journal, otlp, prefixed];

/** Lines looked at before a wrapper is chosen. */
export const WRAPPER_SAMPLE_LINES = 10;

/** The wrapper that most of the lines are in; null for bare lines. */
export function findWrapper(lines: readonly string[]): WrapperKind | null {
  const candidates = lines.filter((line) => line.trim() !== '');
  return (
    WRAPPERS.find((kind) => candidates.filter((line) => kind.matches(line)).length * 2 > candidates.length) ??
    null
  );
}
