import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Finding, FINDING_STATES } from '../core/finding.ts';
import { CONFIDENCES, SEVERITIES } from '../core/severity.ts';
import { pageOf } from './finding-pages.ts';
import { rank } from './rank.ts';

const places = fc.uniqueArray(
  fc.record({
    id: fc.stringMatching(/^db-[0-9a-f]{8}$/),
    severity: fc.constantFrom(...SEVERITIES),
    confidence: fc.constantFrom(...CONFIDENCES),
    state: fc.constantFrom(...FINDING_STATES),
    impact: fc.option(
      fc.record({ value: fc.integer({ min: 0, max: 100 }), unit: fc.constantFrom('%', 'ms') }),
      {
        nil: undefined,
      },
    ),
  }),
  { selector: ({ id }) => id, maxLength: 40 },
);

/** All pages, one after another; before each but the first, what is there changes. */
function walk(before: readonly Finding[], after: readonly Finding[], limit: number): string[] {
  const ids: string[] = [];
  let cursor: string | undefined;
  let there = before;
  do {
    const { findings, page } = pageOf(rank(there), { limit, cursor });
    ids.push(...findings.map(({ id }) => id));
    cursor = page.nextCursor;
    there = after;
  } while (cursor !== undefined);
  return ids;
}

describe('pages of findings', () => {
  it('show each once, whatever else comes and goes between them', () => {
    fc.assert(
      fc.property(places, places, fc.integer({ min: 1, max: 7 }), (first, second, limit) => {
        const stay = first as unknown as Finding[];
        const ids = new Set(stay.map(({ id }) => id));
        const come = (second as unknown as Finding[]).filter(({ id }) => !ids.has(id));
        const [went, left] = [
          stay.filter((_, index) => index % 3 === 0),
          stay.filter((_, index) => index % 3 !== 0),
        ];
        const seen = walk(stay, [...left, ...come], limit);
        expect(new Set(seen).size).toBe(seen.length);
        expect(seen).toEqual(expect.arrayContaining(left.map(({ id }) => id)));
        expect(walk(stay, stay, limit)).toEqual(rank(stay).map(({ id }) => id));
        expect(went.length + left.length).toBe(stay.length);
      }),
    );
  });
});
