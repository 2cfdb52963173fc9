import { z } from 'zod';
import { counted } from '../../../core/counted.ts';
import { coverageOf } from '../../../core/assessment.ts';
import { groupBy } from '../../../core/group-by.ts';
import { FIRST_LOOK, isDown } from '../analyze/availability.ts';
import { causesOf } from '../analyze/causes.ts';
import { measureDependency, type DependencyMeasure } from '../analyze/measure.ts';
import { needsAnotherLook } from '../analyze/own-past.ts';
import { assessRound } from '../analyze/round.ts';
import { probeRound } from '../collect/round.ts';
import { pastOf } from '../collect/samples.ts';
import { scanCertificates } from '../collect/scan.ts';
import { assertKnown, type DependencySelection, selectDependencies } from '../collect/select.ts';
import { collectVendorPages } from '../collect/vendor-pages.ts';
import type { CommandContext } from '../../context.ts';
import { defineCommand, type ReportDraft } from '../../define.ts';
import { insightsOf } from '../insights.ts';
import type { DependencyOptions } from '../options.ts';
import { impactDataSchema, impactReport } from './impact.ts';
import { assertSomething, dependenciesInput, unconfirmed } from './inputs.ts';
import { measureDataSchema, measureMetrics, statusSections, toMeasureData } from './status-view.ts';

const input = z.strictObject({
  dependencies: dependenciesInput,
  impact: z.string().optional().describe('What would break if this dependency went down; nothing is probed'),
  samples: z.coerce
    .number()
    .int()
    .min(FIRST_LOOK)
    .max(10_000)
    .optional()
    .describe('Probes of each dependency; default: the round.samples setting'),
  before: z.iso
    .datetime()
    .optional()
    .describe(
      'Compare with what was measured before this time; default: now, or when what stands as slow was found',
    ),
});

const data = z.object({
  dependencies: z.array(measureDataSchema),
  /** Only with --impact. */
  impact: impactDataSchema.nullable(),
});

export const status = defineCommand<typeof input, typeof data, DependencyOptions>({
  summary: 'How every dependency is now, from fresh connections; or what would break without one',
  input,
  data,
  effect: 'traffic',
  examples: [
    { line: 'rearguard dependency-health-checker status', does: 'all dependencies' },
    { line: 'rearguard deps status --dependencies payment,cache', does: 'two of them' },
    { line: 'rearguard deps status --impact payment', does: 'what would break if payment went down' },
  ],
  async run(ctx, { dependencies, impact, samples, before }) {
    if (impact !== undefined) {
      assertKnown(ctx.dependencies, impact);
      return impactReport(ctx, impact);
    }
    const selection = selectDependencies(ctx, dependencies);
    await assertSomething(ctx, selection);
    return statusReport(ctx, selection, {
      samples: samples ?? ctx.options.round.samples,
      isNarrowed: dependencies !== undefined && dependencies.length > 0,
      pastUntilMs: before === undefined ? undefined : Date.parse(before),
    });
  },
});

async function statusReport(
  ctx: CommandContext<DependencyOptions>,
  selection: DependencySelection,
  options: { samples: number; isNarrowed: boolean; pastUntilMs: number | undefined },
): Promise<ReportDraft> {
  const { samples, isNarrowed, pastUntilMs } = options;
  const { chosen, graph, causes } = selection;
  const past = pastOf(ctx.store, chosen, ctx.run.startedAtMs, pastUntilMs);
  const results = await probeRound(ctx, chosen, samples, (one, soFar) =>
    needsAnotherLook(past.get(one.name)?.latencies ?? [], measureDependency(one, soFar).latencies),
  );
  const measures = chosen.map((one) => measureDependency(one, results.get(one.name) ?? []));
  const beside = await measureCauses(ctx, selection, measures);
  const scans = await scanCertificates(
    ctx,
    chosen.filter(({ plan }) => plan.kind !== 'dns' && plan.kind !== 'domain'),
    (name) => results.get(name)?.at(-1),
    ctx.signal,
  );
  const vendors = await collectVendorPages(
    ctx,
    chosen.map(({ dependency }) => dependency),
  );
  const assessment = assessRound({
    measures,
    down: new Set([...measures, ...beside].filter(isDown).map(({ monitored }) => monitored.name)),
    graph,
    causes,
    past,
    scans,
    vendors,
    options: ctx.options,
    nowMs: ctx.clock.wallMs(),
  });
  const coverage = coverageOf(assessment);
  const { findings } = assessment;
  return {
    summary: summarise(measures, findings.length),
    findings,
    coverage: {
      ...coverage,
      notChecked: [
        ...selection.notChecked,
        ...coverage.notChecked,
        ...(isNarrowed ? [] : await unconfirmed(ctx)),
      ],
    },
    insights: insightsOf(findings),
    metrics: measureMetrics(measures),
    sections: statusSections(measures, vendors),
    data: { dependencies: measures.map((measure) => toMeasureData(measure, vendors)), impact: null },
    next: nextCommands(measures),
  };
}

/** A narrowed round still has to know whether something that was not asked for explains the failure. */
async function measureCauses(
  ctx: CommandContext<DependencyOptions>,
  { all, causes }: DependencySelection,
  measures: readonly DependencyMeasure[],
): Promise<DependencyMeasure[]> {
  const known = new Set(measures.map(({ monitored }) => monitored.name));
  const wanted = new Set(
    measures.filter(isDown).flatMap(({ monitored }) => causesOf(causes, monitored.name)),
  );
  const others = all.filter(({ name }) => wanted.has(name) && !known.has(name));
  const results = await probeRound(ctx, others, FIRST_LOOK);
  return others.map((one) => measureDependency(one, results.get(one.name) ?? []));
}

function nextCommands(measures: readonly DependencyMeasure[]): string[] {
  const [down] = measures.filter(isDown);
  return [
    ...(down === undefined
      ? []
      : [`rearguard dependency-health-checker status --impact ${down.monitored.name}`]),
    'rearguard dependency-health-checker monitor',
  ];
}

function summarise(measures: readonly DependencyMeasure[], findings: number): string {
  const states = groupBy(measures, (measure) => (isDown(measure) ? 'down' : 'up'));
  const down = states.get('down') ?? [];
  const said =
    down.length === 0
      ? `${counted(measures.length, 'dependency', 'dependencies')} looked at, none is down`
      : `${down.length} of ${counted(measures.length, 'dependency', 'dependencies')} ${down.length === 1 ? 'is' : 'are'} down`;
  const tail = findings === 0 ? 'nothing to report' : counted(findings, 'finding');
  return `${said}; ${tail}.`;
}
