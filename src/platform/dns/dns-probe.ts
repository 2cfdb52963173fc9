import { ProbeFailure } from '../probe/failure.ts';
import { type Measurement, type MeasurementContext, measureWithin } from '../probe/measurement.ts';
import type { ProbeCause } from '../probe/types.ts';
import {
  type DnsOutcome,
  type DnsRecordType,
  type DnsResponse,
  type DnsServer,
  queryServer,
} from './query.ts';
import { systemResolverSettings } from './resolv-conf.ts';

export interface DnsProbePlan {
  name: string;
  type: DnsRecordType;
  /** The machine's own when left out. */
  servers?: readonly DnsServer[];
  timeoutMs: number;
  /** Values that every server must give, in any order; anything else fails as `assertion`. */
  expect?: readonly string[];
}

export interface DnsProbeResult extends Measurement {
  /** One per server, in the plan's order; those the deadline cut off are absent. */
  responses: readonly DnsResponse[];
}

const CAUSES: Readonly<Record<Exclude<DnsOutcome, 'answer'>, ProbeCause>> = {
  empty: 'dns-not-found',
  'not-found': 'dns-not-found',
  timeout: 'dns-timeout',
  'server-failure': 'dns-failed',
  unreachable: 'dns-failed',
  malformed: 'dns-failed',
};

/** Asks every server at once, without any cache. Succeeds when all of them answer (as expected). */
export async function probeDns(
  plan: DnsProbePlan,
  context: Omit<MeasurementContext, 'guard' | 'resolver'>,
): Promise<DnsProbeResult> {
  const servers = plan.servers ?? systemResolverSettings().servers;
  let responses: readonly DnsResponse[] = [];
  // A name server is asked, not reached: the guard is for targets.
  const guard = { assertAllowed: () => undefined };
  const measurement = await measureWithin(plan.timeoutMs, { ...context, guard }, async (tools) => {
    const { clock, deadline, phases } = tools;
    phases.enter('dns');
    if (servers.length === 0) throw new ProbeFailure('dns-failed', 'no name server is configured');
    responses = await Promise.all(
      servers.map((server) =>
        queryServer({ name: plan.name, type: plan.type }, server, {
          clock,
          signal: deadline.signal,
          // Just before the deadline, so that the silence of one server does not hide what the others said.
          timeoutMs: plan.timeoutMs * 0.9,
        }),
      ),
    );
    phases.finish();
    for (const response of responses) requireExpected(response, plan);
  });
  return { ...measurement, responses };
}

function requireExpected(response: DnsResponse, plan: DnsProbePlan): void {
  const server = `${response.server.address}:${response.server.port}`;
  if (response.outcome !== 'answer') {
    const said = response.rcode ?? response.outcome;
    throw new ProbeFailure(
      CAUSES[response.outcome],
      `${server} has no ${plan.type} record for ${plan.name}: ${response.outcome === 'empty' ? 'empty answer' : said}`,
    );
  }
  const values = response.records.filter((record) => record.type === plan.type).map((record) => record.value);
  if (plan.expect !== undefined && !sameSet(values, plan.expect)) {
    throw new ProbeFailure(
      'assertion',
      `${server} answers ${values.join(', ')}, expected ${plan.expect.join(', ')}`,
    );
  }
}

function sameSet(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((value) => right.includes(value));
}
