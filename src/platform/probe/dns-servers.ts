import { probeDns } from '../dns/dns-probe.ts';
import type { DnsOutcome, DnsResponse } from '../dns/query.ts';
import type { ProbeContext } from './http-probe.ts';
import { NO_PHASES } from './phases.ts';
import type { DnsPlan } from './plans.ts';
import { afterQueue, timeInQueue, tooLate } from './slot-time.ts';
import type { ProbeFacts, ProbeHop, ProbeOutcome } from './types.ts';
import { sanitizeText } from './untrusted-text.ts';

/** One question to each server; each is a hop, and all must answer. The first that does not decides the cause. */
export async function probeDnsServers(plan: DnsPlan, context: ProbeContext): Promise<ProbeOutcome> {
  const slot = timeInQueue(plan.timeoutMs, context);
  if (slot.leftMs === 0) return tooLate(slot);
  const servers = plan.servers ?? plan.nameServers;
  const result = await probeDns(
    {
      name: plan.name,
      type: plan.type,
      timeoutMs: slot.leftMs,
      ...(servers === undefined ? {} : { servers }),
      ...(plan.expect === undefined ? {} : { expect: plan.expect }),
    },
    context,
  );
  const { success, cause, message, phases, totalMs, responses } = result;
  const silences = responses.filter(({ outcome }) => outcome !== 'answer');
  const explained = silences.length === 0 ? message : silences.map((one) => describe(one, plan)).join('; ');
  return {
    success,
    cause,
    message: explained === null ? null : sanitizeText(explained),
    status: null,
    ...afterQueue(slot, { phases, totalMs }),
    hops: responses.map((response) => toHop(response, plan)),
    failedAssertions: [],
    facts: factsOf(responses, plan),
  };
}

function describe({ outcome, rcode, server, transport }: DnsResponse, { name, type }: DnsPlan): string {
  const words: Readonly<Record<DnsOutcome, string>> = {
    answer: 'answers',
    empty: `has no ${type} record for ${name}`,
    'not-found': `says that ${name} does not exist (NXDOMAIN)`,
    'server-failure': `could not answer for ${name} (${rcode ?? 'no code'})`,
    timeout: `is silent${transport === 'tcp' ? ' over TCP' : ''}`,
    unreachable: 'cannot be reached',
    malformed: 'answers with something that is not DNS',
  };
  return `${addressOf(server)} ${words[outcome]}`;
}

function toHop(response: DnsResponse, { name, type }: DnsPlan): ProbeHop {
  const { server, durationMs } = response;
  return {
    url: `dns://${addressOf(server)}/${encodeURIComponent(name)}?type=${type}`,
    address: server.address,
    httpVersion: null,
    status: null,
    phases: { ...NO_PHASES, dns: durationMs },
    totalMs: durationMs,
    bytes: 0,
    tls: null,
  };
}

/** The values are those of the first server that has some; `agree` tells whether all that spoke say the same. */
function factsOf(responses: readonly DnsResponse[], plan: DnsPlan): ProbeFacts {
  const facts: Record<string, string | number | boolean | null> = {};
  for (const { server, rcode, outcome } of responses) {
    facts[`rcode ${addressOf(server)}`] = rcode === null ? outcome : sanitizeText(rcode);
  }
  const spoke = responses.filter(({ rcode }) => rcode !== null);
  const said = spoke.map((response) => valuesOf(response, plan).join(', '));
  const ttls = responses
    .flatMap(({ records }) => records.filter(({ type }) => type === plan.type))
    .map(({ ttlSeconds }) => ttlSeconds);
  const values = said.find((text) => text !== '');
  return {
    answer: values === undefined ? null : sanitizeText(values),
    ttlSeconds: ttls.length === 0 ? null : Math.min(...ttls),
    agree: spoke.length < 2 ? null : new Set(said).size === 1,
    ...facts,
  };
}

function valuesOf({ records }: DnsResponse, plan: DnsPlan): string[] {
  return records
    .filter(({ type }) => type === plan.type)
    .map(({ value }) => value)
    .sort();
}

function addressOf({ address, port }: DnsResponse['server']): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
