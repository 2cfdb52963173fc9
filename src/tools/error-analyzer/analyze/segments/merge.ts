import { decodeSegment, encodeSegment } from './codec.ts';
import { absorbSegment } from './segment.ts';
import type { SegmentDocument } from './types.ts';

/** What is in documents has been redacted before. */
const NOTHING_MORE = { text: (text: string) => text, deep: <T>(value: T) => value };

/**
 * The segment of the records of both; of the same span. Commutative and associative, and the same as if one segment had taken all records. A stored one
 * of another version cannot be read on, and is replaced.
 */
export function mergeSegments(stored: SegmentDocument, added: SegmentDocument): SegmentDocument {
  const into = decodeSegment(stored);
  const from = decodeSegment(added);
  if (into === null || from === null) return from === null ? stored : added;
  absorbSegment(into, from);
  return encodeSegment(into, NOTHING_MORE);
}
