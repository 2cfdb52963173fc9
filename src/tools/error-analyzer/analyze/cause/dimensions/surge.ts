import type { Draft } from '../draft.ts';
import { part } from '../draft.ts';
import type { IncidentFacts } from '../facts.ts';
import { clock, countBetween, minuteOf } from '../../minutes.ts';
import { RELEASE_FIELDS } from '../releases.ts';
import { nameOf } from './names.ts';
import type { Observations } from './observations.ts';
import { PLACES } from './reference.ts';
import { weightsByValue } from './sets.ts';

/** Traffic of one value that became so many times what it was explains errors by itself. */
const SURGE = 3;
/** ... while the rest stays about the same; where it falls instead, traffic only moved, as in a rollout. */
const STEADY = 1.6;
const MIN_ERROR_SHARE = 0.5;
const MIN_ROWS = 20;
const ALL_SURGE = 2;

/** Callers (not releases, whose traffic moves by a rollout) that send far more than before, where the errors come from them; and a surge of everything. */
export function trafficSurges(facts: IncidentFacts, seen: Observations): Draft[] {
  const single = seen.fields.flatMap((name, field) =>
    PLACES.has(name) || RELEASE_FIELDS.has(name) ? [] : (fieldSurge(facts, seen, field) ?? []),
  );
  const best = single.toSorted((a, b) => b.rise - a.rise)[0];
  if (best !== undefined) return [best.draft];
  return wholeSurge(facts);
}

function fieldSurge(
  facts: IncidentFacts,
  seen: Observations,
  field: number,
): { rise: number; draft: Draft } | null {
  if (seen.trafficBefore.count < MIN_ROWS || seen.trafficAfter.count < MIN_ROWS) return null;
  const count = seen.fields.length;
  const errors = weightsByValue(seen.errorsAfter, field, count);
  const before = weightsByValue(seen.trafficBefore, field, count);
  const after = weightsByValue(seen.trafficAfter, field, count);
  const [top] = [...errors].toSorted((a, b) => b[1] - a[1]);
  const total = sumOf(errors);
  if (top === undefined || top[1] < MIN_ERROR_SHARE * total) return null;
  const [value, weight] = top;
  const rate = (of: number, minutes: number): number => of / minutes;
  const own = [
    rate(before.get(value) ?? 0, seen.trafficMinutesBefore),
    rate(after.get(value) ?? 0, seen.minutesAfter),
  ] as const;
  const others = [
    rate(sumOf(before), seen.trafficMinutesBefore) - own[0],
    rate(sumOf(after), seen.minutesAfter) - own[1],
  ] as const;
  if (own[0] === 0 || others[0] === 0) return null;
  const rise = own[1] / own[0];
  const rest = others[1] / others[0];
  if (rise < SURGE || rest > STEADY || rest < 1 / STEADY) return null;
  const share = weight / total;
  const name = nameOf([{ field, values: [value] }], seen);
  return {
    rise,
    draft: {
      kind: 'dimension',
      title: `traffic of ${name} rose ${times(rise)}`,
      parts: [
        part('explains the increase', 0.4 * share),
        part('rise of traffic', 0.3 * (1 - SURGE / (rise + SURGE))),
        part('others unchanged', 0.2 * Math.min(1, 1 / Math.max(rest, 1))),
      ],
      evidence: [
        `${Math.round(own[0])} records a minute before ${clock(facts.onset.atMs)}, ${Math.round(own[1])} after`,
        `${Math.round(share * 100)} % of the errors are from there`,
      ],
      counterCheck: `Did all traffic rise? No: the rest ${rest >= 1 ? `rose ${times(rest)}` : 'did not rise'}.`,
      next: null,
      about: [],
    },
  };
}

/** Everything rose at once: what fails may only be what comes first to its limit. */
function wholeSurge({ window, onset, endMs, usualFromMs }: IncidentFacts): Draft[] {
  const at = minuteOf(onset.atMs);
  const from = Math.max(minuteOf(usualFromMs), at - 30);
  const to = Math.min(minuteOf(endMs) + 1, at + 30);
  const rate = (first: number, end: number): number =>
    (countBetween(window.records, first, end) - countBetween(window.errors, first, end)) /
    Math.max(1, end - first);
  const before = rate(from, at);
  const after = rate(at + 1, to);
  if (before <= 0 || after / before < ALL_SURGE) return [];
  const rise = after / before;
  return [
    {
      kind: 'dimension',
      title: `traffic as a whole rose ${times(rise)}`,
      parts: [part('rise of traffic', 0.5 * (1 - 1 / rise)), part('at the same time', 0.25)],
      evidence: [
        `${Math.round(before)} records that are no errors a minute before ${clock(onset.atMs)}, ${Math.round(after)} after`,
      ],
      counterCheck: 'Is it one caller? No field says so.',
      next: 'rearguard load-tester capacity',
      about: [],
    },
  ];
}

function sumOf(weights: ReadonlyMap<number, number>): number {
  let sum = 0;
  for (const weight of weights.values()) sum += weight;
  return sum;
}

function times(factor: number): string {
  return `${factor >= 10 ? Math.round(factor) : Number(factor.toPrecision(2))}-fold`;
}
