import type { LoadModel, LoadStage } from './plan.ts';

/** How long the stages last together, in milliseconds. */
export function stagesDurationMs(stages: readonly LoadStage[]): number {
  return stages.reduce((sum, stage) => sum + stage.durationMs, 0);
}

/** What is asked for at a moment of the run: users, or sessions a second. Where one stage ends, the next one counts; 0 after the last. */
export function stageValueAt(stages: readonly LoadStage[], ms: number): number {
  let start = 0;
  for (const { from, to, durationMs } of stages) {
    if (ms < start + durationMs) return from + ((to - from) * Math.max(0, ms - start)) / durationMs;
    start += durationMs;
  }
  return 0;
}

/** The stages up to a moment, and others from then on; a pause lies between where they had ended before. */
export function replaceStages(
  stages: readonly LoadStage[],
  fromMs: number,
  next: readonly LoadStage[],
): LoadStage[] {
  const kept: LoadStage[] = [];
  let start = 0;
  for (const stage of stages) {
    const left = fromMs - start;
    if (left <= 0) break;
    kept.push(
      stage.durationMs <= left
        ? stage
        : {
            from: stage.from,
            to: stage.from + ((stage.to - stage.from) * left) / stage.durationMs,
            durationMs: left,
          },
    );
    start += stage.durationMs;
  }
  if (start < fromMs) kept.push({ from: 0, to: 0, durationMs: fromMs - start });
  return [...kept, ...next];
}

/**
 * How many users of this worker should be there at a moment of the run. User number k, over all workers, belongs to worker
 * k mod workers, and is there while more than k are asked for; so the workers' parts add up to the whole.
 */
export function usersAt(stages: readonly LoadStage[], ms: number, worker: number, workers: number): number {
  return shareOf(Math.round(stageValueAt(stages, ms)), worker, workers);
}

/** How many of the numbers 0 to `total` - 1 are `worker` modulo `workers`. */
export function shareOf(total: number, worker: number, workers: number): number {
  return Math.max(0, Math.ceil((total - worker) / workers));
}

/** The longest that new sessions begin, in milliseconds from the start of the run. */
export function modelDurationMs(model: LoadModel): number {
  switch (model.kind) {
    case 'users':
    case 'arrivals':
      return stagesDurationMs(model.stages);
    case 'iterations':
      return model.maxDurationMs;
    case 'replay':
    default:
      return (model.atMs.at(-1) ?? 0) / model.speed;
  }
}
