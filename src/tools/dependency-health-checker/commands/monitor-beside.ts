import { reasonOf } from '../../../core/errors.ts';
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
  beside.scans = scans;
  beside.past = pastOf(ctx.store, selection.all, ctx.clock.wallMs());
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
