import { coverageOf } from '../../../core/assessment.ts';
import { counted } from '../../../core/counted.ts';
import { formatDuration } from '../../../core/duration.ts';
import { RearguardError } from '../../../core/errors.ts';
import { compareBlocks } from '../analyze/compare/compare.ts';
import { assessChanges } from '../analyze/compare/regression.ts';
import { ALPHA } from '../analyze/compare/scale.ts';
import { type EarlyVerdict, judgeEarlyEnd } from '../analyze/compare/ended-early.ts';
import type { MetricChange } from '../analyze/compare/types.ts';
import { judgePairFitness } from '../analyze/compare/pair-fitness.ts';
import { calmRate, warmUp } from '../collect/calibrate.ts';
import { type MeasuredPairs, measurePairs } from '../collect/pairs.ts';
import type { CommandContext } from '../../context.ts';
import type { ReportDraft } from '../../define.ts';
import type { LoadOptions } from '../options.ts';
import { makePlan } from '../scenario/make-plan.ts';
import type { MadePlan } from '../scenario/plan-request.ts';
import type { BeforeAfterInput } from './before-after.ts';
import { changeMetrics, changesTable, compareStatus, summariseChanges } from './before-after-view.ts';
import { confirmedHosts, planRequestOf, withoutErrorBudget } from './plan-inputs.ts';

type PairInput = BeforeAfterInput & { before: string; after: string };

export async function comparePair(ctx: CommandContext<LoadOptions>, asked: PairInput): Promise<ReportDraft> {
  const before = await makePlan(ctx, { ...planRequestOf(ctx.options, asked), baseUrl: asked.before });
  const after = await makePlan(ctx, { ...planRequestOf(ctx.options, asked), baseUrl: asked.after });
  assertSameSteps(before, after);
  const confirmed = confirmedHosts(asked);
  const rate = await warmUpAt(ctx, [before, after].map(withoutErrorBudget), asked.rate, confirmed);
  const blockMs = asked.block ?? ctx.options.compare.block;
  const pairs = asked.pairs ?? pairsFor(before, ctx.options.compare.pairs);
  const measured = await measurePairs(ctx, {
    before,
    after,
    rate,
    pairs,
    blockMs,
    signal: ctx.signal,
    confirmed,
    onBlock: (done, total) => ctx.progress(done, total, `blocks of ${formatDuration(blockMs)} in turn`),
  });
  const margin = asked.margin ?? ctx.options.compare.margin;
  const compared = compareBlocks(
    { kind: 'paired', pairs: measured.pairs },
    { margin: margin / 100, closed: false, endpoints: asked.endpoints },
  );
  const early = earlyVerdict(measured, compared, asked.endpoints);
  const { changes } = early;
  const { unfit, late } = judgePairFitness(measured.ticks.before, measured.ticks.after, {
    maxLagMs: ctx.options.fitness.maxLag,
    maxBusy: ctx.options.fitness.maxBusy,
    margin: margin / 100,
  });
  const { before: beforeUrl, after: afterUrl } = asked;
  const assessment = assessChanges(changes, {
    kind: 'paired',
    otherHost: false,
    unfit,
    late: late !== null,
    endedEarly: early.detail,
    beforeName: beforeUrl,
    location: afterUrl,
    check: (endpoint) => ({
      command: 'before-after',
      // Without confirm: whoever verifies agrees anew.
      input: { ...given(asked), rate, pairs, block: `${blockMs}ms`, margin, endpoints: [endpoint] },
    }),
  });
  const coverage = coverageOf(assessment);
  const how = `${counted(measured.pairs.length, 'pair')} of ${formatDuration(blockMs)} blocks at ${rate} sessions/s`;
  const status = compareStatus(changes, unfit ?? early.open);
  return {
    ...(status === undefined ? {} : { status }),
    summary: `${summariseChanges(changes, unfit ?? early.open)} ${how}, in turn, with the same arrivals${early.detail === null ? '' : '; then it ended, to spare the backend'}.`,
    findings: assessment.findings,
    coverage: {
      ...coverage,
      notChecked: [...before.notes, ...coverage.notChecked, ...cutShort(measured, pairs)],
    },
    metrics: changeMetrics(changes),
    sections: [
      changesTable(changes, `${afterUrl} against ${beforeUrl}: ${how}`),
      ...(early.detail === null
        ? []
        : [{ kind: 'text' as const, text: early.detail, tone: 'warn' as const }]),
      ...(late === null ? [] : [{ kind: 'text' as const, text: `${late}.`, tone: 'warn' as const }]),
    ],
    data: {
      kind: 'paired',
      before: beforeUrl,
      after: afterUrl,
      rate,
      blocks: measured.pairs.length,
      blockMs,
      margin: margin / 100,
      unfit,
      saved: null,
      changes,
    },
    next: nextCommands(asked, changes),
  };
}

/** What a side that spent the error budget means; `open` and `detail` are null when none did. */
function earlyVerdict(
  { before, ended }: MeasuredPairs,
  compared: readonly MetricChange[],
  endpoints: readonly string[] | undefined,
): EarlyVerdict & { detail: string | null } {
  if (ended?.stopReason !== 'error-budget') return { changes: [...compared], open: null, detail: null };
  const { side, block, stopDetail } = ended;
  return {
    ...judgeEarlyEnd(compared, { side, before, ended: block, endpoints }),
    detail: `The version ${side} spent the error budget, so no more load was made: ${stopDetail ?? ''}.`,
  };
}

/** Both sides take a few users for two seconds, whatever the rate will be. */
async function warmUpAt(
  ctx: CommandContext<LoadOptions>,
  sides: readonly MadePlan[],
  rate: number | undefined,
  confirmed: readonly string[],
): Promise<number> {
  const onSide = (index: number): void => ctx.progress(index, sides.length, 'warming up both versions');
  const options = { signal: ctx.signal, confirmed };
  if (rate === undefined) return calmRate(ctx, sides, { ...options, onSide });
  for (const [index, made] of sides.entries()) {
    onSide(index);
    await warmUp(ctx, made, options);
  }
  return rate;
}

/** As many as tell a change from chance, however many endpoints are compared. */
function pairsFor({ plan }: MadePlan, usual: number): number {
  const steps = plan.scenarios.flatMap(({ begin, steps: own }) => [...begin, ...own]);
  const tests = new Set(steps.map(({ name }) => name)).size * 3;
  return Math.max(usual, Math.ceil(Math.log2(tests / ALPHA)) + 1);
}

/** Versions may differ in their base path, and in nothing that is asked of them. */
function assertSameSteps(before: MadePlan, after: MadePlan): void {
  const names = ({ plan }: MadePlan): string =>
    JSON.stringify(
      plan.scenarios.map(({ name, weight, steps }) => [name, weight, steps.map((step) => step.name)]),
    );
  if (names(before) === names(after)) return;
  throw new RearguardError('E_USAGE', {
    message: `Load on both would not be the same: it is made of ${before.source} and of ${after.source}, and these differ.`,
    hint: 'Give both the same scenario with --scenario.',
  });
}

function cutShort({ ended, pairs }: MeasuredPairs, wanted: number): { reason: string }[] {
  if (ended === null) return [];
  const detail = ended.stopDetail === null ? '' : `: ${ended.stopDetail}`;
  return [
    {
      reason: `a block of the version ${ended.side} ended early (${ended.stopReason}${detail}); ${pairs.length} of ${wanted} pairs were measured`,
    },
  ];
}

function given({
  before,
  after,
  target,
  scenario,
  seed,
  httpVersion,
  unsafe,
}: PairInput): Record<string, unknown> {
  const parts = { target, scenario, seed, httpVersion, ...(unsafe ? { unsafe } : {}) };
  return {
    before,
    after,
    ...Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)),
  };
}

function nextCommands({ before, after }: PairInput, changes: readonly MetricChange[]): string[] {
  const needed = Math.max(0, ...changes.map(({ pairsNeeded }) => pairsNeeded ?? 0));
  if (needed === 0 || needed > 200) return [];
  return [`rearguard load-tester before-after --before ${before} --after ${after} --pairs ${needed}`];
}
