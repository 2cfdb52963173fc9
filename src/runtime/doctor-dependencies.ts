import type { Dependency } from '../config/dependencies.ts';
import { formatDuration } from '../core/duration.ts';
import { toRearguardError } from '../core/errors.ts';
import type { ProbePlan } from '../platform/probe/plans.ts';
import type { ProbeOutcome } from '../platform/probe/types.ts';
import { planFor } from '../tools/dependency-health-checker/collect/plan.ts';
import { dependencyOptionsSchema } from '../tools/dependency-health-checker/options.ts';
import { type Examination, failedRow } from './doctor-data.ts';
import type { World } from './world.ts';

/** Side by side, so that all the silent ones cost one deadline together. */
const MAX_CONNECTIONS = 64;
const MAX_RATE_PER_SECOND = 20;

/** The deadline of a probe where the dependency has none of its own. */
const OPTIONS = dependencyOptionsSchema.parse({});

interface Planned {
  dependency: Dependency;
  plan: ProbePlan;
}

/** Whether each dependency of the config has its secrets and answers; databases among the targets are targets here. */
export async function examineDependencies(
  { dependencies: { dependencies, unresolved }, probes }: Pick<World, 'dependencies' | 'probes'>,
  signal: AbortSignal,
): Promise<Examination[]> {
  const rows = unresolved.map(({ name, error }) => failedRow(nameOf(name), error));
  const planned: Planned[] = [];
  for (const dependency of dependencies.filter(({ origin }) => origin === 'dependencies')) {
    // A registry limits how often it is asked.
    if (dependency.scheme === 'domain') rows.push(unaskedRow(dependency));
    else {
      try {
        planned.push({ dependency, plan: planFor(dependency, OPTIONS) });
      } catch (thrown) {
        rows.push(failedRow(nameOf(dependency.name), toRearguardError(thrown)));
      }
    }
  }
  const outcomes = await connect(planned, probes, signal);
  return [...rows, ...planned.map(({ dependency }) => rowOf(dependency, outcomes.get(dependency.name)))];
}

async function connect(
  planned: readonly Planned[],
  probes: World['probes'],
  signal: AbortSignal,
): Promise<Map<string, ProbeOutcome>> {
  const outcomes = new Map<string, ProbeOutcome>();
  if (planned.length === 0) return outcomes;
  const request = {
    plans: planned.map(({ plan }) => plan),
    samples: 1,
    maxRatePerSecond: MAX_RATE_PER_SECOND,
    maxConcurrency: MAX_CONNECTIONS,
  };
  for await (const { id, cold } of probes.burst(request, signal)) outcomes.set(id, cold);
  return outcomes;
}

function rowOf({ name, optional }: Dependency, outcome: ProbeOutcome | undefined): Examination {
  const row = { name: nameOf(name) };
  if (outcome === undefined) return { ...row, result: 'fail', detail: 'It was not probed.' };
  const { success, status, totalMs, message, cause } = outcome;
  const answer = status === null ? 'answered' : `answered ${status}`;
  if (success) return { ...row, result: 'ok', detail: `${answer} in ${formatDuration(totalMs)}` };
  return {
    ...row,
    result: optional ? 'warn' : 'fail',
    detail: `${message ?? cause ?? 'no answer'}${optional ? '; it is optional' : ''}`,
    hint: `\`rearguard deps status --dependencies ${name}\` looks closer.`,
  };
}

function unaskedRow({ name }: Dependency): Examination {
  return {
    name: nameOf(name),
    result: 'ok',
    detail: 'its registry was not asked',
    hint: `\`rearguard deps status --dependencies ${name}\` asks it.`,
  };
}

function nameOf(dependency: string): string {
  return `dependency ${dependency}`;
}
