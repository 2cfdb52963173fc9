import { z } from 'zod';
import { optionalDurationSchema } from '../../../core/schemas.ts';
import { assertWithinCeilings } from '../../../platform/load/controller/ceilings.ts';
import { steadyPart } from '../analyze/steady.ts';
import { judgeFitness } from '../analyze/fitness.ts';
import { closedLevels, type Situation } from '../analyze/situation.ts';
import { judgeThreshold, parseThreshold } from '../analyze/thresholds.ts';
import { oneAtATime } from '../collect/phases.ts';
import type { LoadOptions } from '../options.ts';
import type { LoadRecord } from '../record.ts';
import { makePlan } from '../scenario/make-plan.ts';
import { parseStages } from '../scenario/make-model.ts';
import type { LoadRequest } from '../scenario/plan-request.ts';
import type { CommandContext } from '../../context.ts';
import { defineCommand, type LiveView, type ReportDraft } from '../../define.ts';
import { artifactInputs, writeArtifacts } from './artifacts.ts';
import { calmFigures, calmReport, nothingWorks } from './calm.ts';
import { loadDataSchema } from './data.ts';
import { ONE_AT_A_TIME, startPhases } from './live-phases.ts';
import { loadReport } from './load-report.ts';
import { confirmedHosts, planInputs, planRequestOf } from './plan-inputs.ts';

const CALM_MS = 3_000;

const input = z.strictObject({
  ...planInputs,
  concurrent: z.coerce
    .number()
    .int()
    .min(1)
    .optional()
    .describe('Users side by side, each waiting for its answers (closed model); the same as --users')
    .meta({ placeholder: 'n' }),
  users: z.coerce.number().int().min(1).optional().describe('Users side by side (closed model)'),
  rate: z.coerce
    .number()
    .positive()
    .optional()
    .describe('Sessions a second, whatever the server does (open model); a session of one step is a request'),
  stages: z
    .string()
    .optional()
    .describe('Users, or with --rate sessions a second, over time: 30s:50,2m:200 goes to 50, then to 200'),
  duration: optionalDurationSchema('How long, like 30s or 5m; default: the scenario, then 30s'),
  iterations: z.coerce.number().int().min(1).optional().describe('End after so many rounds over all users'),
  from: z
    .string()
    .optional()
    .describe(
      'Make the scenario of this: an access log, HAR, Postman or OpenAPI file, `openapi` or `health`',
    ),
  replay: z.boolean().default(false).describe('Requests of an access log at their own times'),
  speed: z.coerce.number().positive().max(1_000).optional().describe('Of recorded times: 2 is twice as fast'),
  poisson: z
    .boolean()
    .default(false)
    .describe('Arrivals at random, as people come; the default of most scenarios'),
  even: z.boolean().default(false).describe('Arrivals one like the other'),
  threshold: z
    .array(z.string())
    .optional()
    .describe('What must hold, like p95<200ms, errors<1%, rate>500, "GET /api/x:p99<1s"; may be repeated'),
  abort: z.boolean().default(false).describe('Stop within a second when the last 5 s break a threshold'),
  calm: z
    .boolean()
    .default(true)
    .describe('First one request at a time for 3 s: what fails or waits only in company shows against it'),
  ...artifactInputs,
});
type RunInput = z.infer<typeof input>;

export const run = defineCommand<typeof input, typeof loadDataSchema, LoadOptions>({
  summary: 'Make load as asked for, show it live, and judge it by objectives and thresholds',
  input,
  data: loadDataSchema,
  effect: 'traffic',
  examples: [
    { line: 'rearguard load-tester run --concurrent=50 --duration=300s', does: '50 users for five minutes' },
    {
      line: "rearguard load run --rate 200 --duration 1m --threshold 'p95<200ms,errors<1%' --abort",
      does: '200 sessions a second, and stop when a limit does not hold',
    },
    { line: 'rearguard load run --stages 30s:50,2m:200,30s:0', does: 'up to 200 users and down again' },
    {
      line: 'rearguard load run --from access.log --replay --speed 2',
      does: 'what users did, twice as fast',
    },
    {
      line: 'rearguard load run --rate 100 --output html --out report.html',
      does: 'a report with charts in one file',
    },
  ],
  run: runLoad,
});

async function* runLoad(
  ctx: CommandContext<LoadOptions>,
  asked: RunInput,
): AsyncGenerator<LiveView, ReportDraft, void> {
  const own = (asked.threshold ?? []).map(parseThreshold);
  const load = loadRequestOf(asked);
  const request = {
    ...planRequestOf(ctx.options, { ...asked, scenario: asked.from ?? asked.scenario }),
    load,
  };
  const made = await makePlan(ctx, request);
  // Before the calm part: what is refused is refused before the first request.
  assertWithinCeilings(made.plan);
  const thresholds = [...own, ...made.thresholds.map(parseThreshold)];
  const phases = startPhases(ctx, made, confirmedHosts(asked));
  let calm: LoadRecord | null = null;
  if (asked.calm) {
    const alone = yield* phases.run(ONE_AT_A_TIME, oneAtATime(made.plan, CALM_MS));
    if (!ctx.signal.aborted && nothingWorks(alone)) return calmReport(made, alone);
    calm = alone;
  }
  const record = yield* phases.run('load', made.plan, asked.abort ? thresholds : []);
  const steady = steadyPart(record.slices);
  const situation: Situation = {
    target: made.target.name,
    record,
    steady,
    fitness: judgeFitness(record, steady, ctx.options.fitness),
    calm: calm === null ? null : calmFigures(calm),
    levels: closedLevels(calm === null ? [record] : [calm, record]),
    alone: [],
    thresholds: thresholds.map((threshold) => judgeThreshold(threshold, record.slices)),
    keepAlive: made.plan.limits.keepAlive,
    options: ctx.options,
    check: { command: 'run', input: sameAgain(asked) },
  };
  return loadReport({
    made,
    situation,
    phases: phases.done,
    artifacts: await writeArtifacts(ctx, record, asked, {
      target: made.target.name,
      request,
      fitness: situation.fitness,
    }),
    next: ['rearguard load-tester capacity'],
  });
}

function loadRequestOf(asked: RunInput): LoadRequest {
  const { concurrent, users = concurrent, rate, stages, duration, iterations, speed, replay } = asked;
  const parsed = stages === undefined ? undefined : parseStages(stages);
  return {
    // Stages without a word of what they are of mean users.
    users: users ?? (parsed !== undefined && rate === undefined ? 1 : undefined),
    ratePerSecond: rate,
    stages: parsed,
    durationMs: duration,
    iterations,
    spacing: asked.even ? 'even' : asked.poisson ? 'poisson' : undefined,
    replay: replay ? true : undefined,
    speed,
  };
}

/** The input that makes the same load again. Not the confirmation: each run of a foreign host needs its own. */
function sameAgain(asked: RunInput): Record<string, unknown> {
  const { confirm: _confirm, save: _save, csv: _csv, otlp: _otlp, abort: _abort, duration, ...rest } = asked;
  return {
    ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)),
    ...(duration === undefined ? {} : { duration: `${duration}ms` }),
  };
}
