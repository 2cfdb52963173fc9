import type { SessionShape } from './sessions.ts';
import { mergeFit, newFit, type ThinkFit } from './think-fit.ts';

export interface ChosenShape {
  endpoints: readonly number[];
  weight: number;
  /** Of the pause after each step but the last. */
  pauses: readonly ThinkFit[];
}

const ROUNDS = 300;
/** Below this many pauses those of all sessions between the same two endpoints say more. */
const ENOUGH_PAUSES = 20;

/**
 * A log may hold thousands of kinds of sessions. The most frequent `max` of them stand for all, with weights raked (Deming & Stephan
 * 1940) until the mix of endpoints is the log's; an endpoint that none of them visits is a session of its own.
 * `requests` has the log's count of each endpoint.
 */
export function chooseShapes(
  shapes: readonly SessionShape[],
  requests: readonly number[],
  max: number,
): ChosenShape[] {
  const byCount = shapes.toSorted((a, b) => b.count - a.count || compareEndpoints(a, b));
  const kept = byCount.slice(0, max);
  const covered = new Set(kept.flatMap(({ endpoints }) => endpoints));
  for (const [endpoint, count] of requests.entries()) {
    if (count > 0 && !covered.has(endpoint)) kept.push({ endpoints: [endpoint], count: 1, pauses: [] });
  }
  const between = pausesBetween(shapes);
  const weights = isWhole(kept, requests) ? kept.map(({ count }) => count) : rake(kept, requests);
  return kept.map(({ endpoints, pauses }, index) => ({
    endpoints,
    weight: weights[index] ?? 0,
    pauses: pauses.map((fit, step) =>
      fit.count >= ENOUGH_PAUSES ? fit : (between.get(`${endpoints[step]},${endpoints[step + 1]}`) ?? fit),
    ),
  }));
}

/** Requests a session makes on average. */
export function meanSteps(chosen: readonly ChosenShape[]): number {
  let steps = 0;
  let weight = 0;
  for (const shape of chosen) {
    steps += shape.weight * shape.endpoints.length;
    weight += shape.weight;
  }
  return weight === 0 ? 0 : steps / weight;
}

function compareEndpoints(a: SessionShape, b: SessionShape): number {
  return a.endpoints.join(',') < b.endpoints.join(',') ? -1 : 1;
}

/** Whether these sessions hold every request of the log. */
function isWhole(kept: readonly SessionShape[], requests: readonly number[]): boolean {
  const held = kept.reduce((sum, { count, endpoints }) => sum + count * endpoints.length, 0);
  return held === requests.reduce((sum, count) => sum + count, 0);
}

function rake(kept: readonly SessionShape[], requests: readonly number[]): number[] {
  const total = requests.reduce((sum, count) => sum + count, 0);
  const weights = kept.map(({ count }) => count);
  for (let round = 0; round < ROUNDS; round += 1) {
    const made = requests.map(() => 0);
    let all = 0;
    for (const [index, { endpoints }] of kept.entries()) {
      for (const endpoint of endpoints) made[endpoint]! += weights[index]!;
      all += weights[index]! * endpoints.length;
    }
    const factor = made.map(
      (count, endpoint) => (requests[endpoint]! / total) * (all / Math.max(count, 1e-12)),
    );
    for (const [index, { endpoints }] of kept.entries()) {
      // The geometric mean over its steps, so that a long session is not corrected once for each of them.
      let logarithm = 0;
      for (const endpoint of endpoints) logarithm += Math.log(factor[endpoint]!);
      weights[index]! *= Math.exp(logarithm / endpoints.length);
    }
  }
  return weights;
}

function pausesBetween(shapes: readonly SessionShape[]): Map<string, ThinkFit> {
  const between = new Map<string, ThinkFit>();
  for (const { endpoints, pauses } of shapes) {
    for (const [step, fit] of pauses.entries()) {
      const key = `${endpoints[step]},${endpoints[step + 1]}`;
      const known = between.get(key) ?? newFit();
      mergeFit(known, fit);
      between.set(key, known);
    }
  }
  return between;
}
