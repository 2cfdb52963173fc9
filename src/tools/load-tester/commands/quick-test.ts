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
import { oneAtATime, onlyEndpoint, steadyRate, steadyUsers, withModel } from '../collect/phases.ts';
import type { LoadOptions } from '../options.ts';
import type { LoadRecord } from '../record.ts';
import { makePlan } from '../scenario/make-plan.ts';
import type { MadePlan } from '../scenario/plan-request.ts';
import type { CommandContext } from '../../context.ts';
import { defineCommand, type LiveView, type ReportDraft } from '../../define.ts';
import { failedCell, latencyCell } from './blocks.ts';
import { calmFigures, calmReport, nothingWorks } from './calm.ts';
import { loadDataSchema } from './data.ts';
import { type LivePhases, ONE_AT_A_TIME, startPhases } from './live-phases.ts';
import { loadReport } from './load-report.ts';
import { confirmedHosts, planInputs, planRequestOf } from './plan-inputs.ts';

const CALM_SHARE = 0.2;
const STEP_SHARE = 0.15;
const OPEN_SHARE = 0.5;
/** Each of two steps on one endpoint, where one stands out; on top of the duration. */
const ONE_SHARE = 0.3;
/** Of what so many users got answered: enough to be felt, and far from the limit. */
const HALF = 0.5;

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
  const phases = startPhases(ctx, made, confirmedHosts(asked));
  const alone = yield* phases.run(ONE_AT_A_TIME, oneAtATime(made.plan, asked.duration * CALM_SHARE));
  if (!ctx.signal.aborted && nothingWorks(alone)) return calmReport(made, alone);
  let last = alone;
  for (const users of userSteps(asked.users)) {
    if (mustStop(ctx.signal, last)) break;
    const model = steadyUsers(users, asked.duration * STEP_SHARE);
    last = yield* phases.run(counted(users, 'user'), withModel(made.plan, model));
  }
  const levels = closedLevels(phases.done.map(({ record }) => record));
  const onOne = mustStop(ctx.signal, last) ? [] : yield* loadCrowded(phases, made, levels, asked);
  const half = Number((HALF * sessionRate(last)).toPrecision(3));
  const rate = Math.min(half, ctx.options.limits.maxRatePerSecond);
  if (!mustStop(ctx.signal, last) && rate > 0) {
    const model = steadyRate(rate, asked.duration * OPEN_SHARE);
    const name = `${formatRate(rate)} sessions/s`;
    last = yield* phases.run(name, withModel(made.plan, model));
  }
  const steady = steadyPart(last.slices);
  const situation: Situation = {
    target: made.target.name,
    record: last,
    steady,
    fitness: judgeFitness(last, steady, ctx.options.fitness),
    calm: calmFigures(alone),
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
    phases: phases.done,
    sections: [stepsTable(levels)],
    artifacts: [],
    next: ['rearguard load-tester run --concurrent=50 --duration=60s', 'rearguard load-tester capacity'],
  });
}

/** The same steps of users on the endpoint that stood out in the mix, where one did and can be asked for alone. */
async function* loadCrowded(
  phases: LivePhases,
  { plan }: MadePlan,
  levels: readonly LoadLevel[],
  { users, duration }: QuickInput,
): AsyncGenerator<LiveView, LoadRecord[], void> {
  const endpoint = crowdedEndpoint(levels);
  const onlyThat = endpoint === null ? null : onlyEndpoint(plan, endpoint);
  const records: LoadRecord[] = [];
  if (endpoint === null || onlyThat === null) return records;
  for (const step of userSteps(users)) {
    const model = steadyUsers(step, duration * ONE_SHARE);
    records.push(yield* phases.run(`${counted(step, 'user')} on ${endpoint}`, withModel(onlyThat, model)));
  }
  return records;
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
