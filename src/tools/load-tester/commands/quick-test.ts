import { z } from 'zod';
import { counted } from '../../../core/counted.ts';
import type { Block, Cell } from '../../../core/block.ts';
import { durationSchema } from '../../../core/schemas.ts';
import { crowdedEndpoint } from '../analyze/crowded.ts';
import { sliceFigures } from '../analyze/figures.ts';
import { judgeFitness } from '../analyze/fitness.ts';
import { formatRate } from '../analyze/format.ts';
import { spanMs } from '../analyze/merge.ts';
import { closedLevels, type LoadLevel, type Situation } from '../analyze/situation.ts';
import { steadyPart } from '../analyze/steady.ts';
import {
  oneAtATime,
  onlyEndpoint,
  type PhaseResult,
  runPhase,
  steadyRate,
  steadyUsers,
  withModel,
} from '../collect/phases.ts';
import type { LoadOptions } from '../options.ts';
import type { LoadRecord } from '../record.ts';
import { makePlan } from '../scenario/make-plan.ts';
import type { CommandContext } from '../../context.ts';
import { defineCommand, type LiveView, type ReportDraft } from '../../define.ts';
import { failedCell, latencyCell } from './blocks.ts';
import { calmFigures, calmReport, nothingWorks } from './calm.ts';
import { loadDataSchema } from './data.ts';
import { liveView, startLiveLoad } from './live-view.ts';
import { loadReport } from './load-report.ts';
import { confirmedHosts, planInputs, planRequestOf } from './plan-inputs.ts';

const CALM_SHARE = 0.2;
const STEP_SHARE = 0.15;
const OPEN_SHARE = 0.5;
/** Each of two steps on one endpoint, where one stands out; on top of the duration. */
const ONE_SHARE = 0.3;
/** Of what so many users got answered: enough to be felt, and far from the limit. */
const HALF = 0.5;
const ONE_AT_A_TIME = 'one at a time';

const input = z.strictObject({
  ...planInputs,
  users: z.coerce
    .number()
    .int()
    .min(4)
    .max(1_000)
    .default(16)
    .describe('Users of the last closed step; the one before has a quarter of them'),
  duration: durationSchema(
    'How long over all: one at a time, two steps of users, then half of their rate',
    '10s',
  ),
});
type QuickInput = z.infer<typeof input>;

export const quickTest = defineCommand<typeof input, typeof loadDataSchema, LoadOptions>({
  summary: 'Ten seconds of load without any set-up: alone, with more users, then at half of their rate',
  input,
  data: loadDataSchema,
  effect: 'traffic',
  examples: [
    { line: 'rearguard load-tester quick-test', does: 'the first target, its safe GETs, ten seconds' },
    { line: 'rearguard load quick-test --users 64 --duration 30s', does: 'harder, and longer' },
    {
      line: 'rearguard load quick-test --scenario checkout.yaml --unsafe',
      does: 'with requests that change something',
    },
  ],
  run: runQuickTest,
});

async function* runQuickTest(
  ctx: CommandContext<LoadOptions>,
  asked: QuickInput,
): AsyncGenerator<LiveView, ReportDraft, void> {
  const made = await makePlan(ctx, planRequestOf(ctx.options, asked));
  const confirmed = confirmedHosts(asked);
  const live = startLiveLoad(made.target.name, ctx.options.objectives.p95);
  const phases: { name: string; record: LoadRecord }[] = [];

  async function* phase(name: string, plan: typeof made.plan): AsyncGenerator<LiveView, PhaseResult, void> {
    const steps = runPhase(ctx, { name, plan, hash: made.hash }, { signal: ctx.signal, confirmed });
    for (;;) {
      const { done, value } = await steps.next();
      if (done) {
        phases.push({ name, record: value.record });
        return value;
      }
      const view = liveView(live, value, ctx.watched);
      if (view !== null) yield view;
    }
  }

  const alone = yield* phase(ONE_AT_A_TIME, oneAtATime(made.plan, asked.duration * CALM_SHARE));
  if (!ctx.signal.aborted && nothingWorks(alone.record)) return calmReport(made, alone.record);
  let last = alone.record;
  for (const users of userSteps(asked.users)) {
    if (mustStop(ctx.signal, last)) break;
    const model = steadyUsers(users, asked.duration * STEP_SHARE);
    ({ record: last } = yield* phase(counted(users, 'user'), withModel(made.plan, model)));
  }
  const levels = closedLevels(phases.map(({ record }) => record));
  const crowded = crowdedEndpoint(levels);
  const onlyCrowded = crowded === null ? null : onlyEndpoint(made.plan, crowded);
  const onOne: LoadRecord[] = [];
  for (const users of onlyCrowded === null || mustStop(ctx.signal, last) ? [] : userSteps(asked.users)) {
    const plan = withModel(onlyCrowded ?? made.plan, steadyUsers(users, asked.duration * ONE_SHARE));
    onOne.push((yield* phase(`${counted(users, 'user')} on ${crowded ?? ''}`, plan)).record);
  }
  const half = Number((HALF * sessionRate(last)).toPrecision(3));
  const rate = Math.min(half, ctx.options.limits.maxRatePerSecond);
  if (!mustStop(ctx.signal, last) && rate > 0) {
    const model = steadyRate(rate, asked.duration * OPEN_SHARE);
    const name = `${formatRate(rate)} sessions/s`;
    ({ record: last } = yield* phase(name, withModel(made.plan, model)));
  }
  const steady = steadyPart(last.slices);
  const situation: Situation = {
    target: made.target.name,
    record: last,
    steady,
    fitness: judgeFitness(last, steady, ctx.options.fitness),
    calm: calmFigures(alone.record),
    levels,
    alone: closedLevels(onOne),
    thresholds: [],
    keepAlive: made.plan.limits.keepAlive,
    options: ctx.options,
    check: { command: 'quick-test', input: sameAgain(asked) },
  };
  return loadReport({
    made,
    situation,
    phases,
    sections: [stepsTable(levels)],
    artifacts: [],
    next: ['rearguard load-tester run --concurrent=50 --duration=60s', 'rearguard load-tester capacity'],
  });
}

function userSteps(users: number): number[] {
  return [Math.max(2, Math.round(users / 4)), users];
}

/** Interrupted, or spared because too much failed: the next step would be more of the same. */
function mustStop(signal: AbortSignal, { stopReason }: LoadRecord): boolean {
  return signal.aborted || stopReason !== 'completed';
}

function sessionRate({ slices }: LoadRecord): number {
  const ended = slices.reduce((sum, { sessions }) => sum + sessions.ended, 0);
  const seconds = slices.reduce((sum, slice) => sum + spanMs(slice), 0) / 1_000;
  return seconds === 0 ? 0 : ended / seconds;
}

function stepsTable(levels: readonly LoadLevel[]): Block {
  return {
    kind: 'table',
    title: 'With more and more users, each waiting for its answers',
    columns: [
      { header: 'users', align: 'right' },
      { header: 'req/s', align: 'right' },
      { header: 'failed', align: 'right' },
      { header: 'p50', align: 'right', unit: 'ms' },
      { header: 'p95', align: 'right', unit: 'ms' },
    ],
    rows: levels.map(({ users, whole }): Cell[] => {
      const { whole: figures } = sliceFigures(whole);
      return [
        users,
        formatRate(figures.rate),
        failedCell(figures),
        latencyCell(figures.response, 'p50', 0.5),
        latencyCell(figures.response, 'p95', 0.95),
      ];
    }),
  };
}

/** Not the confirmation: each run of a foreign host needs its own. */
function sameAgain(asked: QuickInput): Record<string, unknown> {
  const { confirm: _confirm, duration, ...rest } = asked;
  return {
    ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)),
    duration: `${duration}ms`,
  };
}
