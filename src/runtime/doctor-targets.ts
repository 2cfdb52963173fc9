import type { HttpTarget, Target } from '../config/targets.ts';
import { formatDuration } from '../core/duration.ts';
import { toRearguardError } from '../core/errors.ts';
import type { Clock } from '../platform/clock.ts';
import type { HttpProbePlan, ProbeOutcome } from '../platform/probe/types.ts';
import { type Examination, failedRow } from './doctor-data.ts';
import { examineDatabase } from './doctor-databases.ts';
import type { World } from './world.ts';

const TIMEOUT_MS = 5_000;

/** Whether a target answers, and for a database who we are there. */
export async function examineTarget(
  target: Target,
  world: Pick<World, 'probes' | 'sql' | 'sandboxes'>,
  clock: Clock,
  signal: AbortSignal,
): Promise<Examination[]> {
  const name = `target ${target.name}`;
  try {
    return target.kind === 'http'
      ? [await examineHttp(name, target, world.probes, signal)]
      : await examineDatabase(name, target, world, clock, signal);
  } catch (thrown) {
    return [failedRow(name, toRearguardError(thrown))];
  }
}

async function examineHttp(
  name: string,
  target: HttpTarget,
  probes: World['probes'],
  signal: AbortSignal,
): Promise<Examination> {
  const request = { plans: [planFor(target)], samples: 1, maxRatePerSecond: 1, maxConcurrency: 1 };
  let outcome: ProbeOutcome | undefined;
  for await (const result of probes.burst(request, signal)) outcome = result.cold;
  if (outcome === undefined) return { name, result: 'fail', detail: 'It was not probed.' };
  // Any answer is one: the root of an API is often a 404.
  if (outcome.status !== null) {
    return {
      name,
      result: outcome.status >= 500 ? 'warn' : 'ok',
      detail: `answered ${outcome.status} in ${formatDuration(outcome.totalMs)}`,
      ...(outcome.status >= 500
        ? { hint: 'Is it healthy? `rearguard api-health-monitor status` looks closer.' }
        : {}),
    };
  }
  return {
    name,
    result: 'fail',
    detail: outcome.message ?? outcome.cause ?? 'no answer',
    hint: `Is ${target.baseUrl} right, and is it running?`,
  };
}

function planFor(target: HttpTarget): HttpProbePlan {
  return {
    id: target.name,
    url: `${target.baseUrl}/`,
    method: 'GET',
    headers: target.headers,
    kind: 'http',
    httpVersion: '1.1',
    maxRedirects: 0,
    ...(target.auth === undefined ? {} : { auth: target.auth }),
    ...(target.tls === undefined ? {} : { tls: target.tls }),
    resolver: 'own',
    timeoutMs: TIMEOUT_MS,
    warm: false,
    assertions: [],
    maxBodyBytes: 0,
  };
}
