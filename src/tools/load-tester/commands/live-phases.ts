import type { CommandContext } from '../../context.ts';
import type { LiveView } from '../../define.ts';
import type { Threshold } from '../analyze/thresholds.ts';
import { runPhase } from '../collect/phases.ts';
import type { LoadOptions } from '../options.ts';
import type { LoadRecord } from '../record.ts';
import type { MadePlan } from '../scenario/plan-request.ts';
import { liveView, startLiveLoad } from './live-view.ts';

/** The parts of one command's load, one after the other, shown while they run. */
export interface LivePhases {
  /** What has been run so far, in order. */
  readonly done: readonly { name: string; record: LoadRecord }[];
  /** The run stops once a window of its last seconds breaks one of `abortOn`. */
  run(
    name: string,
    plan: MadePlan['plan'],
    abortOn?: readonly Threshold[],
  ): AsyncGenerator<LiveView, LoadRecord, void>;
}

export const ONE_AT_A_TIME = 'one at a time';

export function startPhases(
  ctx: CommandContext<LoadOptions>,
  made: MadePlan,
  confirmed: readonly string[],
): LivePhases {
  const live = startLiveLoad(made.target.name, ctx.options.objectives.p95);
  const done: { name: string; record: LoadRecord }[] = [];
  return {
    done,
    async *run(name, plan, abortOn = []) {
      const phase = { name, plan, hash: made.hash };
      const steps = runPhase(ctx, phase, { signal: ctx.signal, confirmed, abortOn });
      for (;;) {
        const step = await steps.next();
        if (step.done) {
          done.push({ name, record: step.value });
          return step.value;
        }
        const view = liveView(live, step.value, ctx.watched);
        if (view !== null) yield view;
      }
    },
  };
}
