import { join } from 'node:path';
import type { AlertMessage } from '../../../src/core/alert.ts';
import { alertsSchema } from '../../../src/config/alert-schema.ts';
import { dependencyGraph } from '../../../src/core/dependency-graph.ts';
import { identify } from '../../../src/runtime/identify.ts';
import { createAlerting } from '../../../src/runtime/alerts/alerting.ts';
import { openStore } from '../../../src/store/open.ts';
import { DEFAULT_RETENTION } from '../../../src/store/store-fixture.ts';
import type { Store } from '../../../src/store/store.ts';
import { coverageOf, mergeAssessments } from '../../../src/core/assessment.ts';
import { assessLive } from '../../../src/tools/api-health-monitor/analyze/live-findings.ts';
import { foldResult, startLive } from '../../../src/tools/api-health-monitor/analyze/live-window.ts';
import {
  endpointFixture,
  probeFixture,
} from '../../../src/tools/api-health-monitor/analyze/test-fixtures.ts';
import { createBurnWatch } from '../../../src/tools/api-health-monitor/collect/burn-watch.ts';
import { seriesFor } from '../../../src/tools/api-health-monitor/collect/samples.ts';
import { healthOptionsSchema } from '../../../src/tools/api-health-monitor/options.ts';
import { tool } from '../../../src/tools/api-health-monitor/index.ts';
import type { Probe } from './month.ts';

export interface SimulatedWatch {
  /** One scheduled probe, then what the daemon does after it. */
  probe(probe: Probe): void;
  /** Time passes without a probe. */
  tick(nowMs: number): void;
  store: Store;
  /** In the order of queueing. */
  messages(): AlertMessage[];
  close(): void;
}

/**
 * The daemon's path from a probe to a message, with the real analysis, the real store and the real alert engine, and with
 * time as an argument: a month passes in minutes.
 */
export function simulateWatch(
  folder: string,
  options: { availability: number; intervalMs: number },
): SimulatedWatch {
  let nowMs = 0;
  const clock = { wallMs: () => nowMs, monotonicMs: () => nowMs };
  const store = openStore({ path: join(folder, 'store.db'), retention: DEFAULT_RETENTION, clock });
  const endpoint = {
    ...endpointFixture('/api/orders'),
    intervalMs: options.intervalMs,
    objective: { p95Ms: 200, availability: options.availability },
  };
  const live = startLive(endpoint, 0);
  const burn = createBurnWatch({ store, options: healthOptionsSchema.parse({}), maintenance: () => [] });
  const alerting = createAlerting({
    store,
    settings: alertsSchema.parse({ notifiers: { bench: { kind: 'console' } } }),
    planned: [],
    graph: dependencyGraph([]),
    clock,
  });

  function conclude(): void {
    const assessment = mergeAssessments([assessLive([live]), burn.look([live], nowMs)]);
    const coverage = coverageOf(assessment);
    const found = identify(assessment.findings, tool);
    const findings = store.findings.apply({ tool: tool.name, coverage, found, nowMs });
    alerting.report(tool.name, { findings, coverage });
    alerting.tick();
  }

  return {
    store,
    probe({ atMs, ok }) {
      nowMs = atMs;
      store.samples.append([
        {
          series: seriesFor(endpoint, 'cold'),
          samples: [
            {
              atMs,
              outcome: ok ? 'ok' : 'failed',
              value: ok ? 20 : null,
              coversMs: options.intervalMs,
              ...(ok ? {} : { cause: 'status-5xx' }),
            },
          ],
        },
      ]);
      foldResult(live, probeFixture(endpoint, ok ? 20 : 'status-5xx', atMs), true);
      conclude();
    },
    tick(atMs) {
      nowMs = atMs;
      alerting.tick();
    },
    messages: () =>
      store.deliveries
        .list()
        .toReversed()
        .map(({ message }) => message),
    close: () => store.close(),
  };
}
