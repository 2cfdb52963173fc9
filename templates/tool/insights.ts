import type { Insight } from 'rearguard';
import type { History } from './analyze.ts';

/** A path that got slower by this share is worth a look. */
const NOTABLE_TREND = 0.2;

/** Pure: what to do first, because of what, and what it is worth. Nothing to say is an answer, too. */
export function insightsOf(histories: readonly History[], { maxP95Ms }: { maxP95Ms: number }): Insight[] {
  const failing = histories
    .filter(({ failed }) => failed > 0)
    .map(({ name, failed, answered }) => ({
      action: `Find out why ${name} fails`,
      because: `${failed} of ${failed + answered} requests got no usable answer`,
    }));
  const slow = histories
    .filter(({ p95Ms }) => p95Ms !== null && p95Ms > maxP95Ms)
    .toSorted((a, b) => (b.p95Ms ?? 0) - (a.p95Ms ?? 0))
    .map(({ name, p95Ms }) => ({
      action: `Make ${name} faster`,
      because: `its p95 is ${Math.round(p95Ms ?? 0)} ms, and ${maxP95Ms} ms are the objective`,
      worth: `${Math.round((p95Ms ?? 0) - maxP95Ms)} ms for one visitor in twenty`,
    }));
  const growing = histories
    .filter(({ trend }) => trend !== null && trend > NOTABLE_TREND)
    .map(({ name, trend }) => ({
      action: `Look what changed at ${name}`,
      because: `its median rose by ${Math.round((trend ?? 0) * 100)} % within the time looked at`,
    }));
  return [...failing, ...slow, ...growing].map((insight, index) => ({
    priority: index + 1,
    ...insight,
    findings: [],
  }));
}
