import type { CauseCandidate } from '../../../../src/tools/error-analyzer/analyze/cause/types.ts';
import type { RandomSource } from '../../../../src/core/statistics/random.ts';
import { type Plan, plant, type Planted, type Stage, stageIncident, withRollouts } from './plant.ts';
import { createWorld, drawRequest, pick, type World } from './world.ts';

export type CauseMaker = (stage: Stage) => { plan: Plan; world?: World; unmarked?: readonly string[] };

const GENERIC = [
  'TypeError: Cannot read properties of undefined (reading price)',
  'checkout failed for basket <*>',
  'unexpected end of JSON input',
  'could not compute total of order <*>',
  'ValidationError: amount must be positive',
  'request <*> timed out waiting for a reply (ETIMEDOUT)',
] as const;

/** Plants one incident; the same random source gives the same one. */
export function plantOne(make: CauseMaker, random: RandomSource): Planted {
  const plain = withRollouts(createWorld(random, Date.UTC(2024, 4, 14, 6)));
  const stage = stageIncident(plain);
  const { plan, world, unmarked } = make(stage);
  return plant({ ...stage, world: world ?? plain }, plan, unmarked ?? []);
}

export function basePlan({ world: { random } }: Stage): Omit<Plan, 'kind' | 'truth' | 'isRight'> {
  const { endpoint } = drawRequest(
    // Any endpoint will do; which ones there are is the world's affair.
    createWorld(random, 0),
    0,
  );
  return {
    title: pick(random, GENERIC),
    hits: () => true,
    known: random() < 0.4,
    endpoint: random() < 0.5 ? (endpoint ?? null) : null,
    events: [],
    findings: [],
    groups: [],
    traces: [],
  };
}

/** Whether a candidate is an event or a finding that says this word. */
export function names(word: string): (candidate: Pick<CauseCandidate, 'kind' | 'title'>) => boolean {
  const other = word === 'blocking' ? 'blocked' : word;
  return ({ kind, title }) =>
    (kind === 'event' || kind === 'finding') && (title.includes(word) || title.includes(other));
}
