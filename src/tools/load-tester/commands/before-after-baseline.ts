import { coverageOf } from '../../../core/assessment.ts';
import { counted } from '../../../core/counted.ts';
import { RearguardError } from '../../../core/errors.ts';
import type { Subject } from '../../../core/finding.ts';
import {
  baselineOf,
  type BaselineRequest,
  blocksOfRecord,
  type LoadBaseline,
} from '../analyze/compare/baseline.ts';
import { compareBlocks, FEWEST_UNPAIRED_BLOCKS } from '../analyze/compare/compare.ts';
import { judgeEarlyEnd } from '../analyze/compare/ended-early.ts';
import { assessChanges } from '../analyze/compare/regression.ts';
import { judgeFitness } from '../analyze/fitness.ts';
import { spanMs } from '../analyze/merge.ts';
import { planDurationMs } from '../analyze/plan-summary.ts';
import { steadyPart } from '../analyze/steady.ts';
import { isBaselineFile, loadBaseline, saveBaseline } from '../collect/baselines.ts';
import { calmRate } from '../collect/calibrate.ts';
import { drive } from '../collect/drive.ts';
import type { CommandContext } from '../../context.ts';
import type { ReportDraft } from '../../define.ts';
import type { LoadOptions } from '../options.ts';
import type { HostFingerprint, LoadRecord } from '../record.ts';
import { makePlan } from '../scenario/make-plan.ts';
import type { MadePlan, PlanRequest } from '../scenario/plan-request.ts';
import type { BeforeAfterInput } from './before-after.ts';
import { changeMetrics, changesTable, compareStatus, summariseChanges } from './before-after-view.ts';
import { confirmedHosts, planRequestOf } from './plan-inputs.ts';

type Ctx = CommandContext<LoadOptions>;

const DEFAULT_DURATION_MS = 30_000;

/** Against a run of another moment. Without one yet, this is the first: it is measured and kept. */
export async function compareWithBaseline(
  ctx: Ctx,
  asked: BeforeAfterInput & { baseline: string },
): Promise<ReportDraft> {
  const { baseline: where } = asked;
  const baseline = await loadBaseline(ctx, where);
  if (baseline === undefined) return measureBaseline(ctx, asked, asked.save ?? where);
  const request = requestOf(asked, baseline.request);
  const made = await makePlan(ctx, planOf(ctx, asked, request));
  if (made.hash !== baseline.plan.hash) {
    throw new RearguardError('E_BASELINE_OTHER_PLAN', {
      name: where,
      theirs: baseline.plan.hash.slice(0, 12),
      ours: made.hash.slice(0, 12),
    });
  }
  const { record, unfit } = await measure(ctx, made, confirmedHosts(asked));
  const margin = asked.margin ?? ctx.options.compare.margin;
  const after = blocksOfRecord(record);
  const compared = compareBlocks(
    { kind: 'unpaired', before: baseline.blocks, after },
    { margin: margin / 100, closed: !record.plan.open, endpoints: asked.endpoints },
  );
  const wasSpent = record.stopReason === 'error-budget';
  const { changes, open } = wasSpent
    ? judgeEarlyEnd(compared, {
        side: 'after',
        before: baseline.blocks,
        ended: { durationMs: spanMs(record.total), endpoints: record.total.endpoints },
        endpoints: asked.endpoints,
      })
    : { changes: compared, open: null };
  const otherHost = !sameHost(baseline.host, record.host);
  const why = unfit ?? (baseline.unfit === null ? null : `of the baseline: ${baseline.unfit}`);
  const target = made.target.baseUrl;
  const assessment = assessChanges(changes, {
    kind: 'unpaired',
    otherHost,
    unfit: why,
    late: false,
    endedEarly: wasSpent ? (record.stopDetail ?? 'the error budget was spent') : null,
    beforeName: where,
    location: target,
    check: (endpoint) => ({
      command: 'before-after',
      input: { ...given(asked), margin, endpoints: [endpoint] },
    }),
  });
  const coverage = coverageOf(assessment);
  const saved = asked.save === undefined ? null : await keep(ctx, asked.save, record, request, unfit);
  const how = `${counted(after.length, 'block')} now, ${baseline.blocks.length} of ${new Date(baseline.savedAtMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const status = compareStatus(changes, why ?? open);
  return {
    ...(status === undefined ? {} : { status }),
    summary: `${summariseChanges(changes, why ?? open)} Unpaired, weaker: ${how}${wasSpent ? '; then it ended, to spare the backend' : ''}.`,
    findings: assessment.findings,
    coverage: { ...coverage, notChecked: [...made.notes, ...coverage.notChecked] },
    metrics: changeMetrics(changes),
    sections: [
      changesTable(changes, `${target} against ${where}: ${how}`),
      {
        kind: 'text',
        title: 'How sure this is',
        text: weakness(baseline, otherHost, record.host),
        tone: 'muted',
      },
    ],
    data: {
      kind: 'unpaired',
      before: where,
      after: target,
      rate: record.plan.targetRequestRate,
      blocks: Math.min(after.length, baseline.blocks.length),
      blockMs: after[0]?.durationMs ?? null,
      margin: margin / 100,
      unfit: why,
      saved,
      changes,
    },
    ...(saved === null ? {} : { artifacts: artifactOf(saved) }),
  };
}

/** Measures and keeps; there is nothing to compare with yet. */
export async function measureBaseline(
  ctx: Ctx,
  asked: BeforeAfterInput,
  where: string,
): Promise<ReportDraft> {
  const wanted = requestOf(asked, undefined);
  const first = await makePlan(ctx, planOf(ctx, asked, wanted));
  const confirmed = confirmedHosts(asked);
  const onSide = (): void => ctx.progress(0, 1, 'finding a rate');
  const rate = asked.rate ?? (await calmRate(ctx, [first], { signal: ctx.signal, confirmed, onSide }));
  const durationMs = asked.duration ?? DEFAULT_DURATION_MS;
  const request: BaselineRequest = {
    ...wanted,
    load: { ratePerSecond: rate, durationMs, spacing: 'poisson' },
  };
  const made = await makePlan(ctx, planOf(ctx, asked, request));
  const { record, unfit } = await measure(ctx, made, confirmed);
  const blocks = blocksOfRecord(record);
  if (blocks.length < FEWEST_UNPAIRED_BLOCKS) {
    throw new RearguardError('E_NOTHING_TO_CHECK', {
      message: `The run has ${counted(blocks.length, 'block')} of two seconds after its warm-up (${record.stopReason}); a baseline needs ${FEWEST_UNPAIRED_BLOCKS}.`,
      hint: 'Measure longer: --duration 30s.',
    });
  }
  const saved = await keep(ctx, where, record, request, unfit);
  const subject: Subject = { kind: 'target', name: made.target.name, location: made.target.baseUrl };
  const again = `rearguard load-tester before-after --baseline=${where}`;
  return {
    summary: `Baseline saved as ${saved}: ${blocks.length} blocks at ${rate} sessions/s. Nothing was compared: there was none before.`,
    findings: [],
    // It was looked at, and no rule came to a verdict.
    coverage: { checked: [{ subject, rules: [] }], notChecked: made.notes },
    sections: [
      {
        kind: 'text',
        title: 'Baseline',
        text: `${made.target.baseUrl} (${made.source}) was measured: ${record.plan.model}. The next run of the same command compares with it.`,
      },
      ...(unfit === null
        ? []
        : [
            {
              kind: 'text' as const,
              text: `Comparisons with it will be inconclusive: ${unfit}. Measure again on a quieter machine.`,
              tone: 'warn' as const,
            },
          ]),
    ],
    data: {
      kind: 'saved',
      before: null,
      after: made.target.baseUrl,
      rate,
      blocks: blocks.length,
      blockMs: blocks[0]?.durationMs ?? null,
      margin: (asked.margin ?? ctx.options.compare.margin) / 100,
      unfit,
      saved,
      changes: [],
    },
    artifacts: artifactOf(saved),
    next: [again],
  };
}

async function measure(
  ctx: Ctx,
  made: MadePlan,
  confirmed: readonly string[],
): Promise<{ record: LoadRecord; unfit: string | null }> {
  const seconds = Math.round(planDurationMs(made.plan.model) / 1_000);
  const record = await drive(ctx, made, {
    signal: ctx.signal,
    confirmed,
    onSlice: ({ toMs }) => ctx.progress(Math.round(toMs / 1_000), seconds, 'seconds of load'),
  });
  ctx.signal.throwIfAborted();
  const fitness = judgeFitness(record, steadyPart(record.slices), ctx.options.fitness);
  return {
    record,
    unfit: fitness.isFit ? null : `the generator itself was the limit: ${fitness.reasons.join('; ')}`,
  };
}

/** What was asked for now comes before what the baseline was made with. */
function requestOf(asked: BeforeAfterInput, kept: BaselineRequest | undefined): BaselineRequest {
  const { target, after, scenario, seed, httpVersion, rate, duration } = asked;
  const ownLoad =
    rate === undefined && duration === undefined
      ? {}
      : definedOf({ ratePerSecond: rate, durationMs: duration });
  // Another place given by flag replaces both ways of saying it.
  const place =
    target === undefined && after === undefined
      ? definedOf({ target: kept?.target, baseUrl: kept?.baseUrl })
      : definedOf({ target, baseUrl: after });
  return {
    ...place,
    ...definedOf({
      scenario: scenario ?? kept?.scenario,
      seed: seed ?? kept?.seed,
      httpVersion: httpVersion ?? kept?.httpVersion,
    }),
    load: { ...kept?.load, ...ownLoad },
  };
}

function planOf(ctx: Ctx, asked: BeforeAfterInput, { load, ...request }: BaselineRequest): PlanRequest {
  return { ...planRequestOf(ctx.options, asked), ...request, load };
}

async function keep(
  ctx: Ctx,
  where: string,
  record: LoadRecord,
  request: BaselineRequest,
  unfit: string | null,
): Promise<string> {
  return (await saveBaseline(ctx, where, baselineOf(record, request, unfit))) ?? where;
}

function artifactOf(saved: string): { kind: string; path: string }[] {
  return isBaselineFile(saved) ? [{ kind: 'baseline', path: saved }] : [];
}

function weakness({ host }: LoadBaseline, otherHost: boolean, now: HostFingerprint): string {
  const text =
    'Both runs are of different moments, so whatever the machine, the network and the database did then and now looks like the version. Margins are doubled for that, and it is weaker all the same: two live versions in turn (--before URL --after URL) can tell.';
  if (!otherHost) return text;
  const of = ({ platform, cores, node }: HostFingerprint): string =>
    `${platform}, ${counted(cores, 'core')}, Node ${node}`;
  return `${text} The baseline also comes from another machine (${of(host)}; this one: ${of(now)}), which is weaker still.`;
}

function sameHost(a: HostFingerprint, b: HostFingerprint): boolean {
  return a.platform === b.platform && a.cores === b.cores && a.node === b.node;
}

function given(asked: BeforeAfterInput & { baseline: string }): Record<string, unknown> {
  const { baseline, after, target, scenario, seed, httpVersion, unsafe, rate } = asked;
  return definedOf({
    baseline,
    after,
    target,
    scenario,
    seed,
    httpVersion,
    rate,
    unsafe: unsafe ? true : undefined,
  });
}

function definedOf<Value extends Record<string, unknown>>(
  value: Value,
): { [Key in keyof Value]?: Exclude<Value[Key], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as {
    [Key in keyof Value]?: Exclude<Value[Key], undefined>;
  };
}
