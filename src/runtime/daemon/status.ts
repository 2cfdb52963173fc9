import type { ReportError } from '../../core/report.ts';
import type { Failure } from './failure-log.ts';
import { STALE_AFTER_MS } from './lease.ts';
import type { MonitorStatus } from './monitor.ts';

/** A monitor speaks at least once a second; one that was silent for this long hangs. */
const SILENT_AFTER_MS = 60_000;

export interface ConfigState {
  loadedAtMs: number;
  reloads: number;
  /** Why the last change of the file is not in force; null when it is. */
  error: ReportError | null;
}

/** All times are wall clock, epoch milliseconds. */
export interface DaemonStatus {
  pid: number;
  startedAtMs: number;
  nowMs: number;
  configPath: string | null;
  storePath: string;
  config: ConfigState;
  /** Monitors stand still for a moment. */
  isReloading: boolean;
  lease: { renewedAtMs: number };
  failures: readonly Failure[];
  monitors: readonly MonitorStatus[];
}

/** Why the daemon does not do what it is there for; empty when it does. A config that was refused is no such reason. */
export function troublesOf(status: DaemonStatus): string[] {
  const { nowMs, startedAtMs, isReloading, failures, lease } = status;
  const monitors = isReloading ? [] : status.monitors;
  return [
    ...failures.map(({ what, error }) => `${what}: ${error.message}`),
    ...(nowMs - lease.renewedAtMs > STALE_AFTER_MS ? ['the lease of the store was not renewed'] : []),
    ...monitors.flatMap(({ tool, state, lastTickAtMs, error }) => {
      if (state === 'failed') return [`${tool} ended: ${error?.message ?? 'nobody knows why'}`];
      const silentMs = nowMs - (lastTickAtMs ?? startedAtMs);
      const isSilent = (state === 'running' || state === 'starting') && silentMs > SILENT_AFTER_MS;
      return isSilent ? [`${tool} has been silent for ${Math.round(silentMs / 1_000)} s`] : [];
    }),
  ];
}
