import { z } from 'zod';
import { counted } from '../../../core/counted.ts';
import { formatDuration } from '../../../core/duration.ts';
import { optionalDurationSchema } from '../../../core/schemas.ts';
import { bracketOf } from '../analyze/capacity/search.ts';
import { breakingPointOf, kneeOf } from '../analyze/capacity/knee.ts';
import { capacityFinding } from '../analyze/capacity/finding.ts';
import type { CapacityResult, SearchSettings } from '../analyze/capacity/types.ts';
import { type CapacitySearch, scaleOf, searchCapacity } from '../collect/capacity.ts';
import { capacityHistory, keepCapacity } from '../collect/capacity-history.ts';
import type { CommandContext } from '../../context.ts';
import { defineCommand, type ReportDraft } from '../../define.ts';
import type { LoadOptions } from '../options.ts';
import { RULES } from '../rules.ts';
import { makePlan } from '../scenario/make-plan.ts';
import type { MadePlan } from '../scenario/plan-request.ts';
import {
  capacityDataSchema,
  capacityMetrics,
  capacitySections,
  capacityStatus,
  summariseCapacity,
} from './capacity-view.ts';
import { confirmedHosts, planInputs, planRequestOf } from './plan-inputs.ts';

const input = z.strictObject({
  url: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Base URL to load; default: the target of the config'),
  ...planInputs,
  from: z.coerce
    .number()
    .positive()
    .optional()
    .describe('Sessions a second of the first step; default: a quarter of what sixteen users get'),
  maxRate: z.coerce
    .number()
    .positive()
    .optional()
    .describe('Try no more sessions a second; default and ceiling: limits.maxRatePerSecond'),
  p95: optionalDurationSchema('Objective: 95 % of responses of each endpoint; default: objectives.p95'),
  errorRate: z.coerce
    .number()
    .gt(0)
    .max(100)
    .optional()
    .describe('Objective: percentage that may fail; default: objectives.errorRate'),
  step: optionalDurationSchema('How long each rate is held; default: the capacity.step setting'),
  resolution: z.coerce
    .number()
    .min(1)
    .max(50)
    .optional()
    .describe('Percentage to find it to; default: the capacity.resolution setting'),
});
type CapacityInput = z.infer<typeof input>;

export const capacity = defineCommand<typeof input, typeof capacityDataSchema, LoadOptions>({
  summary: 'The highest rate that still meets the objective, the knee of latency and the breaking point',
  input,
  data: capacityDataSchema,
  effect: 'traffic',
  examples: [
    { line: 'rearguard load-tester capacity', does: 'of the first target, by its OpenAPI document' },
    {
      line: 'rearguard load capacity --url http://localhost:3000 --p95 100ms',
      does: 'of a URL, with an objective of its own',
    },
    {
      line: 'rearguard load capacity --scenario load/checkout.yaml --max-rate 200',
      does: 'of a scenario, up to a ceiling',
    },
  ],
  async run(ctx, asked) {
    const made = await makePlan(ctx, {
      ...planRequestOf(ctx.options, asked),
      ...(asked.url === undefined ? {} : { baseUrl: asked.url }),
    });
    const confirmed = confirmedHosts(asked);
    const scale =
      asked.from === undefined ? await scaleOf(ctx, made, confirmed) : { startRate: asked.from, guess: null };
    const settings = settingsOf(ctx.options, asked, scale);
    const untilMonotonicMs = ctx.clock.monotonicMs() + ctx.options.limits.maxDuration;
    const search = await searchCapacity(ctx, { made, settings, confirmed, untilMonotonicMs });
    return report(ctx, asked, made, settings, search);
  },
});

function settingsOf(
  { capacity, limits, objectives }: LoadOptions,
  asked: CapacityInput,
  { startRate, guess }: { startRate: number; guess: number | null },
): SearchSettings {
  const maxRate = Math.min(asked.maxRate ?? limits.maxRatePerSecond, limits.maxRatePerSecond);
  return {
    objective: {
      p95Ms: asked.p95 ?? objectives.p95,
      errorShare: (asked.errorRate ?? objectives.errorRate) / 100,
    },
    startRate: Math.min(startRate, maxRate),
    maxRate,
    resolution: (asked.resolution ?? capacity.resolution) / 100,
    maxSteps: capacity.maxSteps,
    windowMs: asked.step ?? capacity.step,
    guess,
  };
}

function report(
  ctx: CommandContext<LoadOptions>,
  asked: CapacityInput,
  made: MadePlan,
  settings: SearchSettings,
  { end, steps, unrecovered }: CapacitySearch,
): ReportDraft {
  const result: CapacityResult = {
    ...bracketOf(steps),
    end,
    steps,
    knee: kneeOf(steps),
    breaking: breakingPointOf(steps),
  };
  const { target } = made;
  const subject = { kind: 'target' as const, name: target.name, location: target.baseUrl };
  const history = capacityHistory(ctx, made);
  const document = {
    meets: result.meets,
    breaks: result.breaks,
    knee: result.knee?.rate ?? null,
    breaking: result.breaking?.rate ?? null,
    confirmed: result.confirmed,
    p95Ms: settings.objective.p95Ms,
  };
  keepCapacity(ctx, made, document);
  const status = capacityStatus(result);
  const finding = capacityFinding(result, settings, subject, {
    command: 'capacity',
    input: checkInput(asked),
  });
  const rules = [RULES.saturationKnee.id];
  return {
    ...(status === undefined ? {} : { status }),
    summary: summariseCapacity(result, settings),
    findings: finding === null ? [] : [finding],
    coverage: {
      checked: status === 'unknown' ? [] : [{ subject, rules }],
      notChecked: [
        ...made.notes,
        ...(status === 'unknown' ? [{ subject, rules, reason: whyUnknown(result) }] : []),
        ...(unrecovered
          ? [
              {
                subject,
                reason:
                  'after a step that broke, the server had not come back to its floor within 10 s; later steps may suffer from earlier ones',
              },
            ]
          : []),
      ],
    },
    metrics: capacityMetrics(result, target.name),
    sections: capacitySections(result, settings, history),
    data: {
      target: target.name,
      source: made.source,
      objective: settings.objective,
      resolution: settings.resolution,
      windowMs: settings.windowMs,
      end,
      meets: result.meets,
      breaks: result.breaks,
      confirmed: result.confirmed,
      knee:
        result.knee === null
          ? null
          : { ...result.knee, between: [...result.knee.between] as [number, number] },
      breaking: result.breaking,
      steps: steps.map((step) => ({ ...step, broken: [...step.broken] })),
      earlier: history,
    },
    next: nextCommands(result),
  };
}

function whyUnknown({ end, steps }: CapacityResult): string {
  if (end === 'generator') return steps.at(-1)?.unfit ?? 'the generator itself was the limit';
  return `the search used up its ${counted(steps.length, 'step')} before the rate was held`;
}

/** Without confirm: whoever verifies agrees anew. */
function checkInput(asked: CapacityInput): Record<string, unknown> {
  const {
    url,
    target,
    scenario,
    seed,
    httpVersion,
    unsafe,
    from,
    maxRate,
    p95,
    errorRate,
    step,
    resolution,
  } = asked;
  const duration = (ms: number | undefined): string | undefined => (ms === undefined ? undefined : `${ms}ms`);
  const given = {
    url,
    target,
    scenario,
    seed,
    httpVersion,
    ...(unsafe ? { unsafe } : {}),
    from,
    maxRate,
    p95: duration(p95),
    errorRate,
    step: duration(step),
    resolution,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function nextCommands({ meets, end }: CapacityResult): string[] {
  if (meets === null || end === 'generator') return [];
  // Room for peaks and for a machine that fails.
  const calm = Number((meets * 0.7).toPrecision(2));
  return [`rearguard load-tester run --rate ${calm} --duration ${formatDuration(300_000).replace(' ', '')}`];
}
