import { isIP } from 'node:net';
import { resolveAddress } from '../dns/resolve-address.ts';
import { probeTls, type TlsProbeResult } from '../tls/tls-probe.ts';
import { tlsNameOf } from '../tls/handshake.ts';
import { type MeasurementContext, measureWithin } from './measurement.ts';
import type { ProbeContext } from './http-probe.ts';
import { NO_PHASES, sumPhases } from './phases.ts';
import type { TlsPlan } from './plans.ts';
import { afterQueue, type SlotTime, timeInQueue, tooLate } from './slot-time.ts';
import type { ProbeHop, ProbeOutcome } from './types.ts';
import { sanitizeText } from './untrusted-text.ts';

/** Handshakes at a time; a name with more addresses gives each batch its share of the deadline. */
const CONCURRENCY = 8;
/** More addresses than any name of a service has; a name server may invent as many as it likes. */
const MAX_ADDRESSES = 64;
/** Of what is left after the lookup, so that one silent address does not hide what the others served. */
const HANDSHAKE_SHARE = 0.95;

/** A handshake with every address behind the name. The first that a client would not go on with is the outcome. */
export async function scanTls(plan: TlsPlan, context: ProbeContext): Promise<ProbeOutcome> {
  const { clock } = context;
  const slot = timeInQueue(plan.timeoutMs, context);
  if (slot.leftMs === 0) return tooLate(slot);
  const beganMs = clock.monotonicMs();
  let addresses: readonly string[] = [];
  let notTried = 0;
  const lookup = await measureWithin(slot.leftMs, context, async (tools) => {
    const host = plan.host.replace(/^\[|\]$/g, '');
    if (isIP(host) === 0) tools.phases.enter('dns');
    const { addresses: found } = await tools.resolver(host, {
      clock,
      signal: tools.deadline.signal,
      mode: plan.resolver,
      ...(plan.addressFamily === undefined ? {} : { family: plan.addressFamily }),
    });
    // One address of somebody else's among ours is a name that has been rebound: refuse it whole.
    for (const { address } of found) context.guard.assertAllowed(host, address);
    const distinct = [...new Set(found.map(({ address }) => address))];
    addresses = distinct.slice(0, MAX_ADDRESSES);
    notTried = distinct.length - addresses.length;
  });
  if (!lookup.success) return toOutcome(lookup, [], slot, plan);
  const leftMs = (slot.leftMs - (clock.monotonicMs() - beganMs)) * HANDSHAKE_SHARE;
  const results = await scanAll(addresses, Math.max(1, leftMs), plan, context);
  const outcome = toOutcome(lookup, results, slot, plan);
  return notTried === 0 ? outcome : { ...outcome, facts: { ...outcome.facts, notTried } };
}

type Scanned = TlsProbeResult & { target: string };

async function scanAll(
  addresses: readonly string[],
  leftMs: number,
  plan: TlsPlan,
  context: ProbeContext,
): Promise<Scanned[]> {
  const batches = Math.ceil(addresses.length / CONCURRENCY);
  const results: Scanned[] = [];
  for (let first = 0; first < addresses.length; first += CONCURRENCY) {
    const batch = addresses.slice(first, first + CONCURRENCY);
    results.push(
      ...(await Promise.all(batch.map((address) => scanOne(address, leftMs / batches, plan, context)))),
    );
  }
  return results;
}

async function scanOne(
  target: string,
  timeoutMs: number,
  plan: TlsPlan,
  context: ProbeContext,
): Promise<Scanned> {
  const { clock, signal } = context;
  const within: MeasurementContext = {
    clock,
    // The name was judged with all its addresses; an address alone is in no list.
    guard: { assertAllowed: () => undefined },
    ...(signal === undefined ? {} : { signal }),
    resolver: resolveAddress,
  };
  const serverName = tlsNameOf(plan.host, plan.tls);
  const { host: _, addressFamily: __, ...rest } = plan;
  const result = await probeTls(
    { ...rest, host: target, timeoutMs, tls: { ...plan.tls, serverName } },
    within,
  );
  return { ...result, target };
}

type Lookup = Awaited<ReturnType<typeof measureWithin>>;

/** They ran side by side: the time is that of the lookup and of the handshake that decides, the slowest if all are fine. */
function toOutcome(lookup: Lookup, results: readonly Scanned[], slot: SlotTime, plan: TlsPlan): ProbeOutcome {
  const failed = results.filter(({ success }) => !success);
  const slowest = results.reduce<Scanned | undefined>(
    (slow, one) => (slow === undefined || one.totalMs > slow.totalMs ? one : slow),
    undefined,
  );
  const deciding = failed[0] ?? slowest;
  const verdict = failed[0] ?? lookup;
  const others = failed.length > 1 ? `; ${failed.length} of ${results.length} addresses fail` : '';
  const message =
    failed[0] === undefined ? lookup.message : `${failed[0].target}: ${failed[0].message}${others}`;
  return {
    success: verdict.success,
    cause: verdict.cause,
    message: message === null ? null : sanitizeText(message),
    status: null,
    ...afterQueue(slot, {
      phases: sumPhases([lookup.phases, deciding?.phases ?? NO_PHASES]),
      totalMs: lookup.totalMs + (deciding?.totalMs ?? 0),
    }),
    hops: results.map((result) => toHop(result, plan)),
    failedAssertions: [],
    facts: results.length === 0 ? {} : { addresses: results.length, failed: failed.length },
  };
}

function toHop({ target, tls, phases, totalMs }: Scanned, { port }: TlsPlan): ProbeHop {
  return {
    url: `tls://${target.includes(':') ? `[${target}]` : target}:${port}`,
    address: target,
    httpVersion: null,
    status: null,
    phases,
    totalMs,
    bytes: 0,
    tls,
  };
}
