import { isAbsolute, resolve } from 'node:path';
import { z } from 'zod';
import type { Report } from '../../../core/report.ts';
import { slicesAsCsv } from '../analyze/csv.ts';
import { baselineOf, type BaselineRequest } from '../analyze/compare/baseline.ts';
import type { Fitness } from '../analyze/fitness.ts';
import { runAsOtlp } from '../analyze/otlp.ts';
import { saveBaseline } from '../collect/baselines.ts';
import type { CommandContext } from '../../context.ts';
import type { LoadRecord } from '../record.ts';
import type { PlanRequest } from '../scenario/plan-request.ts';

/** Files that a run leaves beside its report. */
export const artifactInputs = {
  save: z
    .string()
    .optional()
    .describe('Keep the run to compare later ones with: a .json file, or a name in the store'),
  csv: z.string().optional().describe('Write figures of every second and endpoint to this file'),
  otlp: z
    .string()
    .optional()
    .describe('Write counts and latency histograms of the run to this file as OTLP metrics in JSON'),
};

type ArtifactInputs = z.infer<z.ZodObject<typeof artifactInputs>>;

export async function writeArtifacts(
  ctx: Pick<CommandContext, 'directory' | 'files' | 'store'>,
  record: LoadRecord,
  { save, csv, otlp }: ArtifactInputs,
  { target, request, fitness }: { target: string; request: PlanRequest; fitness: Fitness },
): Promise<Report['artifacts']> {
  const artifacts: Report['artifacts'] = [];
  const write = async (where: string, text: string): Promise<string> => {
    const path = isAbsolute(where) ? where : resolve(ctx.directory, where);
    await ctx.files.writeText(path, text);
    return path;
  };
  if (csv !== undefined) {
    const path = await write(csv, slicesAsCsv(record.slices));
    artifacts.push({ kind: 'csv', path });
  }
  if (otlp !== undefined) {
    const path = await write(otlp, `${JSON.stringify(runAsOtlp(target, record))}\n`);
    artifacts.push({ kind: 'otlp', path });
  }
  if (save !== undefined) {
    const path = await saveBaseline(
      ctx,
      save,
      baselineOf(record, remembered(request), fitness.isFit ? null : fitness.reasons.join('; ')),
    );
    if (path !== null) artifacts.push({ kind: 'baseline', path });
  }
  return artifacts;
}

/** What makes the plan again: all of what was asked for but `model`, which no command gives. Whether it may change something is asked for each time. */
function remembered({
  target,
  baseUrl,
  scenario,
  httpVersion,
  seed,
  load = {},
}: PlanRequest): BaselineRequest {
  const { users, ratePerSecond, stages, durationMs, iterations, spacing, replay, speed } = load;
  return {
    target,
    baseUrl,
    scenario,
    httpVersion,
    seed,
    load: {
      users,
      ratePerSecond,
      stages: stages && [...stages],
      durationMs,
      iterations,
      spacing,
      replay,
      speed,
    },
  };
}
