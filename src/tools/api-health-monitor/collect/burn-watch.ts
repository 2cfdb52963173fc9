import { type Assessment, mergeAssessments } from '../analyze/assessment.ts';
import { assessBudget } from '../analyze/budget.ts';
import type { LiveEndpoint } from '../analyze/live-window.ts';
import type { CommandContext } from '../../context.ts';
import type { HealthOptions } from '../options.ts';
import { burnHistoryOf } from './history.ts';

/** Days of one endpoint's outcomes cost milliseconds to read: so many at a time, each at most once a minute. */
const ENDPOINTS_PER_LOOK = 20;
const LOOK_AGAIN_MS = 60_000;

interface Look {
  atMs: number;
  /** Failed probes of the watch at that time: without a new one a clean budget stays clean. */
  failed: number;
  isClean: boolean;
  assessment: Assessment;
}

/** The error budgets of a watch, each judged again when it may have changed. */
export interface BurnWatch {
  look(endpoints: Iterable<LiveEndpoint>, nowMs: number): Assessment;
}

export function createBurnWatch(
  ctx: Pick<CommandContext<HealthOptions>, 'store' | 'maintenance' | 'options'>,
): BurnWatch {
  const looks = new Map<string, Look>();

  function isDue({ endpoint, failed }: LiveEndpoint, nowMs: number): boolean {
    const last = looks.get(endpoint.name);
    if (last === undefined) return true;
    return nowMs - last.atMs >= LOOK_AGAIN_MS && !(last.isClean && last.failed === failed);
  }

  function judge({ endpoint, failed }: LiveEndpoint, nowMs: number): void {
    const history = burnHistoryOf(ctx, [endpoint], nowMs);
    looks.set(endpoint.name, {
      atMs: nowMs,
      failed,
      isClean: history.every(({ outcomes }) => outcomes.every(({ bad }) => bad === 0)),
      assessment: assessBudget(history, nowMs, ctx.options.slo.window),
    });
  }

  return {
    look(endpoints, nowMs) {
      const due = [...endpoints]
        .filter((live) => isDue(live, nowMs))
        .toSorted((a, b) => lookedAtMs(a) - lookedAtMs(b))
        .slice(0, ENDPOINTS_PER_LOOK);
      for (const live of due) judge(live, nowMs);
      return mergeAssessments([...looks.values()].map(({ assessment }) => assessment));
    },
  };

  function lookedAtMs({ endpoint }: LiveEndpoint): number {
    return looks.get(endpoint.name)?.atMs ?? Number.NEGATIVE_INFINITY;
  }
}
