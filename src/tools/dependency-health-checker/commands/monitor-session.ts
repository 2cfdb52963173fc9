import type { ProbeResult } from '../../../platform/probe/types.ts';
import { type LiveSession, startLiveSession } from '../../_shared/live/session.ts';
import type { CertificateScan } from '../analyze/certificates.ts';
import { type LiveDependency, startLive } from '../analyze/live.ts';
import type { DependencyPast } from '../collect/samples.ts';
import type { DependencySelection, MonitoredDependency } from '../collect/select.ts';
import type { VendorReading } from '../collect/vendor-pages.ts';

/** What one monitor keeps between its ticks. */
export interface MonitorSession extends LiveSession {
  selection: DependencySelection;
  /** Those with slots of their own. */
  scheduled: readonly MonitoredDependency[];
  byName: ReadonlyMap<string, MonitoredDependency>;
  /** The scheduled ones, and causes that were asked about. */
  live: Map<string, LiveDependency>;
  /** Questions under way, by the dependency that was asked; and what they brought since the last tick. */
  asking: Map<string, Promise<void>>;
  answers: ProbeResult[];
  /** Those that failed and wait for an answer about their causes, with the causes asked. */
  undecided: Map<string, readonly string[]>;
  /** What is looked at now and then. */
  beside: Beside;
}

export interface Beside {
  past: ReadonlyMap<string, DependencyPast>;
  /** Newest look at the certificates of each, by name. */
  scans: Map<string, CertificateScan>;
  /** Looks at certificates that could not wait, by name; no verdict on those before they are over. */
  looking: Map<string, Promise<void>>;
  /** Since when each of those that TLS fails with has been down: one look that cannot wait is enough for that. */
  lookedAt: Map<string, number>;
  /** Newest answer of the registry, by name. */
  registrations: ReadonlyMap<string, ProbeResult>;
  vendors: readonly VendorReading[];
  /** Monotonic time of the next look at certificates and registrations. */
  nextScanMs: number;
  /** Wall clock, as the pages ask for. */
  nextVendorMs: number;
  scanning: Promise<void> | null;
  reading: Promise<void> | null;
}

export function startSession(
  selection: DependencySelection,
  past: ReadonlyMap<string, DependencyPast>,
  nowMs: number,
): MonitorSession {
  const scheduled = selection.chosen.filter(({ plan }) => plan.kind !== 'domain');
  const session: MonitorSession = {
    ...startLiveSession(nowMs),
    selection,
    scheduled,
    byName: new Map(selection.all.map((monitored) => [monitored.name, monitored])),
    live: new Map(),
    asking: new Map(),
    answers: [],
    undecided: new Map(),
    beside: {
      past,
      scans: new Map(),
      looking: new Map(),
      lookedAt: new Map(),
      registrations: new Map(),
      vendors: [],
      nextScanMs: Number.NEGATIVE_INFINITY,
      nextVendorMs: Number.NEGATIVE_INFINITY,
      scanning: null,
      reading: null,
    },
  };
  for (const monitored of scheduled) liveOf(session, monitored, nowMs);
  return session;
}

/** Its state, begun if it had none. */
export function liveOf(
  session: MonitorSession,
  monitored: MonitoredDependency,
  nowMs: number,
): LiveDependency {
  const known = session.live.get(monitored.name);
  if (known) return known;
  const fresh = startLive(monitored, nowMs, session.beside.past.get(monitored.name)?.lastGoodMs ?? null);
  session.live.set(monitored.name, fresh);
  return fresh;
}
