import { reasonOf } from '../../../core/errors.ts';
import type { ProbeResult } from '../../../platform/probe/types.ts';
import type { CertificateScan } from '../analyze/certificates.ts';
import { probeOnce } from '../collect/round.ts';
import { pastOf, storeResults } from '../collect/samples.ts';
import { scanCertificates } from '../collect/scan.ts';
import { collectVendorPages } from '../collect/vendor-pages.ts';
import type { CommandContext } from '../../context.ts';
import type { DependencyOptions } from '../options.ts';
import type { MonitorSession } from './monitor-session.ts';

/** A page that names no time is read again after this. */
const VENDOR_PAUSE_MS = 60_000;

/** Starts what is due beside the slots, and does not wait for it: certificates, registrations, the past, vendors' pages. */
export function lookBeside(
  ctx: CommandContext<DependencyOptions>,
  session: MonitorSession,
  signal: AbortSignal,
): void {
  const { beside } = session;
  if (signal.aborted) return;
  const warn = (what: string, error: unknown): void => {
    if (!signal.aborted) ctx.log.warn(`${what} failed: ${reasonOf(error)}`);
  };
  if (beside.scanning === null && ctx.clock.monotonicMs() >= beside.nextScanMs) {
    beside.nextScanMs = ctx.clock.monotonicMs() + ctx.options.certificateInterval;
    beside.scanning = scan(ctx, session, signal)
      .catch((error: unknown) => warn('looking at certificates', error))
      .finally(() => (beside.scanning = null));
  }
  if (beside.reading === null && ctx.clock.wallMs() >= beside.nextVendorMs) {
    beside.nextVendorMs = ctx.clock.wallMs() + VENDOR_PAUSE_MS;
    beside.reading = readVendors(ctx, session)
      .catch((error: unknown) => warn("reading vendors' status pages", error))
      .finally(() => (beside.reading = null));
  }
}

async function scan(
  ctx: CommandContext<DependencyOptions>,
  session: MonitorSession,
  signal: AbortSignal,
): Promise<void> {
  const { beside, selection, scheduled, byName } = session;
  const registries = selection.chosen.flatMap(({ plan }) => (plan.kind === 'domain' ? [plan] : []));
  const registrations = await probeOnce(ctx, registries, signal);
  storeResults(ctx.store, byName, [...registrations.values()], () => 0);
  const withTls = scheduled.filter(({ plan }) => plan.kind !== 'dns');
  const scans = await scanCertificates(ctx, withTls, () => undefined, signal);
  if (signal.aborted) return;
  beside.registrations = registrations;
  keepNewer(beside.scans, scans);
  beside.past = pastOf(ctx.store, selection.all, ctx.clock.wallMs());
}

/** A look that could not wait may have overtaken this one. */
function keepNewer(known: Map<string, CertificateScan>, scans: readonly CertificateScan[]): void {
  for (const scan of scans) {
    const last = known.get(scan.monitored.name);
    if (last === undefined || seenAtMs(scan) >= seenAtMs(last)) known.set(scan.monitored.name, scan);
  }
}

function seenAtMs({ addresses, hops }: CertificateScan): number {
  return Math.max(addresses?.startedAtMs ?? 0, hops?.startedAtMs ?? 0);
}

/**
 * Certificates that cannot wait for their hours: of what TLS begins to fail with, because one that is refused explains it,
 * and of the same once it is back, because the explanation is over.
 */
export function lookAtOnce(
  ctx: CommandContext<DependencyOptions>,
  session: MonitorSession,
  results: readonly ProbeResult[],
  signal: AbortSignal,
): void {
  if (signal.aborted) return;
  const { beside, byName } = session;
  const names = new Set(results.filter((result) => isPressing(session, result)).map(({ id }) => id));
  const wanted = [...names].flatMap((name) => byName.get(name) ?? []);
  if (wanted.length === 0) return;
  const look = scanCertificates(ctx, wanted, () => undefined, signal)
    .then((scans) => {
      if (!signal.aborted) keepNewer(beside.scans, scans);
    })
    .catch((error: unknown) => {
      if (!signal.aborted) ctx.log.warn(`looking at certificates failed: ${reasonOf(error)}`);
    })
    .finally(() => {
      // Stopped in the middle, it leaves them without a verdict.
      if (!signal.aborted) for (const name of names) beside.looking.delete(name);
    });
  for (const name of names) beside.looking.set(name, look);
}

/** Remembers that it was, so that every outage and its end is looked at once. */
function isPressing({ live, beside }: MonitorSession, { id, suspect, cold }: ProbeResult): boolean {
  const state = live.get(id)?.state;
  if (suspect || state === undefined || beside.looking.has(id)) return false;
  if (state.state === 'down') {
    if (cold.cause !== 'tls-failed' || beside.lookedAt.get(id) === state.sinceMs) return false;
    beside.lookedAt.set(id, state.sinceMs);
    return true;
  }
  return cold.success && beside.lookedAt.delete(id);
}

/** Each page again when it is due; the others stay as they were read. */
async function readVendors(
  ctx: CommandContext<DependencyOptions>,
  { beside, selection }: MonitorSession,
): Promise<void> {
  const dependencies = selection.chosen.map(({ dependency }) => dependency);
  beside.vendors = await collectVendorPages(ctx, dependencies, beside.vendors);
  const next = Math.min(...beside.vendors.map(({ nextReadAtMs }) => nextReadAtMs));
  if (Number.isFinite(next)) beside.nextVendorMs = Math.max(next, ctx.clock.wallMs() + VENDOR_PAUSE_MS);
}
