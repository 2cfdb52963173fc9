import type { Clock } from '../platform/clock.ts';
import { systemClock } from '../platform/clock.ts';
import { createAlertStore } from './alerts.ts';
import { createBaselineStore } from './baselines.ts';
import { type Connection, configure, connect } from './connection.ts';
import { createDeliveryStore } from './deliveries.ts';
import { createErrorLogStore } from './error-log.ts';
import { createEventStore } from './events.ts';
import { createFindingStore } from './findings.ts';
import { prepareFolder } from './folder.ts';
import { createHeartbeatStore } from './heartbeats.ts';
import { createLeaseStore } from './lease.ts';
import { createLiveRunStore } from './live-runs.ts';
import { assertOurs, migrate } from './migrations.ts';
import { createObservationStore } from './observations.ts';
import { createMaintenance } from './retention.ts';
import { createRunStore } from './runs.ts';
import { createSampleStore } from './samples.ts';
import { createSessionStore } from './sessions.ts';
import type { Retention, Store } from './store.ts';
import { createWindowStore } from './windows.ts';

export interface OpenStoreOptions {
  /** Of the file; its folder is made when it is not there. */
  path: string;
  retention: Retention;
  /** Tells when a mute has expired. */
  clock?: Pick<Clock, 'wallMs'>;
}

/**
 * Opens the store, made or brought up to date where needed. Any number of processes may hold it open.
 * Throws E_STORE_READONLY, E_STORE_FULL, E_STORE_CORRUPT, E_STORE_NEWER, E_STORE_BUSY or E_STORE_IO; so does every call.
 */
export function openStore({ path, retention, clock = systemClock }: OpenStoreOptions): Store {
  prepareFolder(path);
  const connection = connect(path);
  try {
    assertOurs(connection);
    configure(connection);
    migrate(connection);
    return assemble(connection, retention, clock);
  } catch (thrown) {
    connection.close();
    throw thrown;
  }
}

function assemble(connection: Connection, retention: Retention, clock: Pick<Clock, 'wallMs'>): Store {
  return {
    findings: createFindingStore(connection, clock),
    samples: createSampleStore(connection),
    runs: createRunStore(connection),
    baselines: createBaselineStore(connection),
    events: createEventStore(connection),
    observations: createObservationStore(connection),
    errorLog: createErrorLogStore(connection),
    alerts: createAlertStore(connection),
    deliveries: createDeliveryStore(connection),
    windows: createWindowStore(connection),
    heartbeats: createHeartbeatStore(connection),
    lease: createLeaseStore(connection),
    sessions: createSessionStore(connection),
    liveRuns: createLiveRunStore(connection),
    maintain: createMaintenance(connection, retention),
    close: () => connection.close(),
  };
}
