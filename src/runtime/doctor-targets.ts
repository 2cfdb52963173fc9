import type { DatabaseTarget, HttpTarget, Target } from '../config/targets.ts';
import { formatDuration } from '../core/duration.ts';
import { toRearguardError } from '../core/errors.ts';
import type { Clock } from '../platform/clock.ts';
import type { HttpProbePlan, ProbeOutcome } from '../platform/probe/types.ts';
import { type Examination, failedRow } from './doctor-data.ts';
import type { World } from './world.ts';

const TIMEOUT_MS = 5_000;
/** Times of two machines that differ by more make "before and after the deployment" uncertain. */
const SKEW_WARN_MS = 2_000;

/** Whether a target answers, and for a database who we are there. */
export async function examineTarget(
  target: Target,
  world: Pick<World, 'probes' | 'sql'>,
  clock: Clock,
  signal: AbortSignal,
): Promise<Examination[]> {
  const name = `target ${target.name}`;
  try {
    return target.kind === 'http'
      ? [await examineHttp(name, target, world.probes, signal)]
      : await examineDatabase(name, target, world.sql, clock, signal);
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

interface Role extends Record<string, unknown> {
  name: string;
  is_superuser: boolean;
  can_monitor: boolean;
  now_ms: number;
}

const ROLE_SQL = `
  SELECT current_user::text AS name, rolsuper AS is_superuser,
         pg_has_role(current_user, 'pg_monitor', 'MEMBER') AS can_monitor,
         (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now_ms
  FROM pg_roles WHERE rolname = current_user`;

async function examineDatabase(
  name: string,
  target: DatabaseTarget,
  sql: World['sql'],
  clock: Clock,
  signal: AbortSignal,
): Promise<Examination[]> {
  const session = await sql.open(target.url, { statementTimeoutMs: TIMEOUT_MS, signal });
  try {
    const askedAtMs = clock.wallMs();
    const [role] = await session.query<Role>(ROLE_SQL);
    const answeredAtMs = clock.wallMs();
    const server = `PostgreSQL ${session.serverVersion}`;
    if (!role) return [{ name, result: 'warn', detail: `${server}; the role cannot be read.` }];
    return [roleRow(name, server, role), skewRow(name, role.now_ms - (askedAtMs + answeredAtMs) / 2)];
  } finally {
    await session.close();
  }
}

function roleRow(name: string, server: string, role: Role): Examination {
  const detail = `${server} as ${role.name}`;
  if (role.is_superuser) {
    return {
      name,
      result: 'warn',
      detail: `${detail}, a superuser`,
      hint: 'Give Rearguard a role with pg_monitor and nothing more: a superuser can reach beyond a read-only transaction.',
    };
  }
  return role.can_monitor
    ? { name, result: 'ok', detail: `${detail}, with pg_monitor` }
    : {
        name,
        result: 'warn',
        detail: `${detail}, without pg_monitor`,
        hint: `GRANT pg_monitor TO ${JSON.stringify(role.name)};`,
      };
}

/** Half the way there and back is the most we can be wrong by. */
function skewRow(name: string, skewMs: number): Examination {
  const detail = `its clock is ${formatDuration(Math.abs(skewMs))} ${skewMs < 0 ? 'behind' : 'ahead of'} ours`;
  return Math.abs(skewMs) < SKEW_WARN_MS
    ? { name: `${name} clock`, result: 'ok', detail }
    : { name: `${name} clock`, result: 'warn', detail, hint: 'Keep both machines on NTP.' };
}
