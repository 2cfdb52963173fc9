import type { Bracket, CapacityStep, SearchMove, SearchSettings } from './types.ts';

const CONFIRM_WINDOWS = 3;
/** Just below what the backend completed when it was asked for too much: if that is its capacity, this is met. */
const BELOW_PLATEAU = 0.98;
/** Rates below this are no load. */
const LEAST_RATE = 0.5;

/**
 * What to measure next: double until the objective breaks, then narrow to the resolution, then hold the best rate for three windows.
 * Inside the bracket the next point is guessed from what is known: a backend asked for too much completes what it can (utilisation
 * law), so its capacity is just there; one that breaks by latency before is met where 1 / (1 - utilisation) says. Where neither
 * guess halves the bracket, bisection does.
 */
export function nextMove(steps: readonly CapacityStep[], settings: SearchSettings): SearchMove {
  const last = steps.at(-1);
  if (last !== undefined && isVoid(last)) {
    // Once may be an accident of the machine.
    const before = steps.at(-2);
    return before !== undefined && isVoid(before) && before.rate === last.rate
      ? { kind: 'done', end: 'generator' }
      : budgeted(steps, settings, last.kind, last.rate);
  }
  const { meets, breaks, confirmed } = bracketOf(steps);
  if (steps.length === 0) return budgeted(steps, settings, 'search', firstRate(settings));
  if (meets === null) {
    const lower = lowerRate(steps, breaks ?? settings.startRate);
    return lower < LEAST_RATE
      ? { kind: 'done', end: 'nothing-meets' }
      : budgeted(steps, settings, 'search', lower);
  }
  if (breaks === null) {
    if (meets < settings.maxRate) {
      return budgeted(steps, settings, 'search', Math.min(settings.maxRate, meets * 2));
    }
    return confirmed ? { kind: 'done', end: 'ceiling' } : budgeted(steps, settings, 'confirm', meets);
  }
  if (breaks / meets <= 1 + settings.resolution + 1e-9) {
    return confirmed ? { kind: 'done', end: 'found' } : budgeted(steps, settings, 'confirm', meets);
  }
  // A rate that was met only briefly, below one that broke when it was held: hold this one, too.
  const held = steps.some((step) => step.kind === 'confirm' && !isMet(step) && step.rate === breaks);
  const next = within({ meets, breaks }, guessWithin(steps, { meets, breaks }, settings), settings);
  return budgeted(steps, settings, held ? 'confirm' : 'search', next);
}

export function bracketOf(steps: readonly CapacityStep[]): Bracket {
  const judged = steps.filter((step) => !isVoid(step));
  const broken = judged.filter((step) => !isMet(step)).map(({ rate }) => rate);
  const breaks = broken.length === 0 ? null : Math.min(...broken);
  const met = judged.filter((step) => isMet(step) && (breaks === null || step.rate < breaks));
  const meets = met.length === 0 ? null : Math.max(...met.map(({ rate }) => rate));
  const confirmed = met.some(({ kind, rate }) => kind === 'confirm' && rate === meets);
  return { meets, breaks, confirmed };
}

export function isMet({ broken }: CapacityStep): boolean {
  return broken.length === 0;
}

/**
 * A step that broke while the generator was late says nothing of the backend. One that was met does: lateness makes requests come in
 * bunches, which is harder to answer, not easier.
 */
export function isVoid(step: CapacityStep): boolean {
  return step.unfit !== null && !isMet(step);
}

/** What the backend completes at most, where it was asked for more than that; null: it always followed. */
export function plateauOf(steps: readonly CapacityStep[]): number | null {
  const stuck = steps.filter((step) => !isVoid(step) && !follows(step));
  return stuck.length === 0 ? null : Math.max(...stuck.map(({ completedRate }) => completedRate));
}

/** Completed sessions keep up with those that begin. */
export function follows({ completedRate, rate, broken }: CapacityStep): boolean {
  return completedRate >= rate * 0.98 && !broken.includes('backlog') && !broken.includes('dropped');
}

function budgeted(
  steps: readonly CapacityStep[],
  { maxSteps, windowMs }: SearchSettings,
  step: CapacityStep['kind'],
  rate: number,
): SearchMove {
  if (steps.length >= maxSteps) return { kind: 'done', end: 'steps-used-up' };
  const factor = step === 'confirm' ? CONFIRM_WINDOWS : 1;
  return { kind: 'measure', step, rate: rounded(rate), windowMs: windowMs * factor };
}

function firstRate({ startRate, maxRate }: SearchSettings): number {
  return Math.max(LEAST_RATE, Math.min(startRate, maxRate));
}

/** Below everything that broke: half of what was completed there, or of what was asked for. */
function lowerRate(steps: readonly CapacityStep[], breaks: number): number {
  const plateau = plateauOf(steps);
  return plateau === null || plateau >= breaks ? breaks / 2 : Math.max(breaks / 8, plateau * 0.9);
}

interface Open {
  meets: number;
  breaks: number;
}

function guessWithin(steps: readonly CapacityStep[], open: Open, settings: SearchSettings): number {
  const { meets, breaks } = open;
  const { resolution } = settings;
  const plateau = plateauOf(steps) ?? settings.guess;
  if (plateau !== null) {
    const just = plateau * BELOW_PLATEAU;
    if (just > meets * (1 + resolution / 2) && just < breaks) return just;
    // What was met is at the plateau: the next rate should break, and the bracket is closed.
    const isNear = meets >= just * (1 - resolution) && meets <= plateau * (1 + resolution);
    if (isNear && !creeps(steps, meets, resolution)) return meets * (1 + resolution);
  }
  return latencyGuess(steps, open, plateau, settings) ?? Math.sqrt(meets * breaks);
}

/** Two neighbouring rates were both met: going on like that takes for ever. */
function creeps(steps: readonly CapacityStep[], meets: number, resolution: number): boolean {
  return steps.some(
    (step) => isMet(step) && step.rate < meets && step.rate * (1 + resolution) >= meets * 0.999,
  );
}

/**
 * Where the p95 reaches the objective, if it grows with 1 / (1 - utilisation) between the two ends of the bracket; null where
 * latency is not what breaks, or says nothing.
 */
function latencyGuess(
  steps: readonly CapacityStep[],
  { meets, breaks }: Open,
  plateau: number | null,
  { objective }: SearchSettings,
): number | null {
  const low = steps.find((step) => step.rate === meets && isMet(step))?.p95Ms ?? null;
  const high =
    steps.find((step) => step.rate === breaks && step.broken.includes('latency') && follows(step))?.p95Ms ??
    null;
  if (low === null || high === null || high <= low || plateau === null || breaks >= plateau) return null;
  const strain = (rate: number): number => 1 / (1 - rate / plateau);
  const slope = (high - low) / (strain(breaks) - strain(meets));
  const wanted = strain(meets) + (objective.p95Ms - low) / slope;
  return plateau * (1 - 1 / wanted);
}

/** Inside the bracket, and not so near an end that nothing is learnt. */
function within({ meets, breaks }: Open, rate: number, { resolution }: SearchSettings): number {
  const edge = 1 + resolution / 4;
  return Math.min(breaks / edge, Math.max(meets * edge, rate));
}

/** Rates that people can read, within a thousandth. */
function rounded(rate: number): number {
  return Number(rate.toPrecision(4));
}
