import { formatDuration } from '../../../core/duration.ts';
import type { LoadModel, LoadPlan, LoadStage } from '../../../core/load/plan.ts';
import { counted } from '../../../core/counted.ts';
import type { PlanSummary } from '../record.ts';

/** What a record says of the plan that it was made by. */
export function planSummary(plan: LoadPlan, hash: string): PlanSummary {
  const stepsPerSession = meanSteps(plan);
  const peak = peakRate(plan.model);
  return {
    name: plan.name,
    hash,
    seed: plan.seed,
    model: describeModel(plan.model, stepsPerSession),
    open: isOpen(plan.model),
    origins: plan.origins.map(({ url }) => url),
    targetRequestRate: peak === null ? null : peak * stepsPerSession,
    durationMs: planDurationMs(plan.model),
  };
}

export function planDurationMs(model: LoadModel): number {
  if (model.kind === 'iterations') return model.maxDurationMs;
  if (model.kind === 'replay') return (model.atMs.at(-1) ?? 0) / model.speed;
  return model.stages.reduce((sum, { durationMs }) => sum + durationMs, 0);
}

function isOpen({ kind }: LoadModel): boolean {
  return kind === 'arrivals' || kind === 'replay';
}

/** Requests of a session on average, by the weights of the scenarios; redirects are not counted. */
function meanSteps({ scenarios, model }: LoadPlan): number {
  const open = isOpen(model);
  const weights = scenarios.reduce((sum, { weight }) => sum + weight, 0);
  if (weights <= 0) return 1;
  const steps = scenarios.reduce(
    (sum, one) => sum + one.weight * (one.steps.length + (open ? one.begin.length : 0)),
    0,
  );
  return steps / weights;
}

function peakRate(model: LoadModel): number | null {
  if (model.kind !== 'arrivals') return null;
  return Math.max(0, ...model.stages.flatMap(({ from, to }) => [from, to]));
}

function describeModel(model: LoadModel, stepsPerSession: number): string {
  const duration = formatDuration(planDurationMs(model));
  if (model.kind === 'users') return `closed, ${describeStages(model.stages, 'user')} for ${duration}`;
  if (model.kind === 'arrivals') {
    const kind = stepsPerSession > 1 ? 'partly open' : 'open';
    const spacing = model.spacing === 'poisson' ? ', Poisson arrivals' : ', evenly spaced';
    return `${kind}, ${describeStages(model.stages, 'session', '/s')} for ${duration}${spacing}`;
  }
  if (model.kind === 'iterations') {
    const rounds = counted(model.iterations, 'round');
    return `closed, ${counted(model.users, 'user')}, ${rounds} ${model.perUser ? 'each' : 'over all'}, at most ${duration}`;
  }
  const speed = model.speed === 1 ? '' : ` at ${model.speed} times their speed`;
  return `replay of ${counted(model.atMs.length, 'session')} in ${duration}${speed}`;
}

function describeStages(stages: readonly LoadStage[], one: string, per = ''): string {
  const levels = stages.flatMap(({ from, to }) => [from, to]);
  const low = Math.min(...levels);
  const high = Math.max(...levels);
  const most = counted(rounded(high), one);
  return low === high ? `${most}${per}` : `${rounded(low)} to ${most}${per}`;
}

/** Four digits of a rate that was worked out are enough. */
function rounded(level: number): number {
  return Number(level.toPrecision(4));
}
