import { normalUpperTail } from './normal.ts';

/** Probes in a row that make a state, so that a lone failure between successes is no change of state. */
const SUSTAINED = 3;
/** up, down, up, down: anything less is an outage with a beginning and an end. */
const MIN_CHANGES = 3;
const ALPHA = 0.01;

export interface Rhythm {
  /** Changes between sustained states. */
  changes: number;
  pValue: number;
}

/** Alternating stretches, told apart from successes and failures at random by the Wald-Wolfowitz runs test: too few runs for independence. */
export function findRhythm(outcomes: readonly boolean[], alpha = ALPHA): Rhythm | undefined {
  const changes = sustainedChanges(outcomes);
  const pValue = runsTestLowerTail(outcomes);
  return changes < MIN_CHANGES || pValue === null || pValue >= alpha ? undefined : { changes, pValue };
}

/** How often the state changed, where a state needs SUSTAINED equal outcomes in a row. */
export function sustainedChanges(outcomes: readonly boolean[]): number {
  let state: boolean | undefined;
  let run = 0;
  let changes = 0;
  for (const [index, outcome] of outcomes.entries()) {
    run = index > 0 && outcome === outcomes[index - 1] ? run + 1 : 1;
    if (run < SUSTAINED || outcome === state) continue;
    if (state !== undefined) changes += 1;
    state = outcome;
  }
  return changes;
}

/** P(as few runs or fewer | outcomes are independent), normal approximation; null when one kind is missing. Wald and Wolfowitz 1940. */
export function runsTestLowerTail(outcomes: readonly boolean[]): number | null {
  const good = outcomes.filter(Boolean).length;
  const bad = outcomes.length - good;
  if (good === 0 || bad === 0) return null;
  const runs = 1 + outcomes.filter((outcome, index) => index > 0 && outcome !== outcomes[index - 1]).length;
  const n = good + bad;
  const mean = 1 + (2 * good * bad) / n;
  const variance = ((mean - 1) * (mean - 2)) / (n - 1);
  return variance > 0 ? normalUpperTail((mean - runs - 0.5) / Math.sqrt(variance)) : null;
}
