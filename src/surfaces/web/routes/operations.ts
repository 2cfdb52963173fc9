import type { Hono } from 'hono';
import type { Redactor } from '../../../core/redact.ts';
import { SEVERITIES } from '../../../core/severity.ts';
import { renderMetrics } from '../../../output/formats/prometheus.ts';
import { deliveryCounts } from '../../../runtime/daemon/delivery-counts.ts';
import { troublesOf } from '../../../runtime/daemon/status.ts';
import { packageVersion } from '../../cli/version.ts';
import { createLabelRedactor } from '../redact-labels.ts';
import { reply, type WebEnvironment } from '../respond.ts';

/** One for each config, with what it has seen. */
const labelRedactors = new WeakMap<Redactor, ReturnType<typeof createLabelRedactor>>();

function redactedBy(redactor: Redactor): ReturnType<typeof createLabelRedactor> {
  const made = labelRedactors.get(redactor) ?? createLabelRedactor(redactor);
  labelRedactors.set(redactor, made);
  return made;
}

/** What those ask who run the daemon: orchestrators, scrapers, people. */
export function addOperations(app: Hono<WebEnvironment>): void {
  app.get('/healthz', (c) => {
    const status = c.get('daemon').status();
    const troubles = troublesOf(status);
    const { nowMs, startedAtMs, config, lease, failures, isReloading } = status;
    const body = {
      status: troubles.length === 0 ? 'ok' : 'failing',
      troubles,
      uptimeMs: nowMs - startedAtMs,
      monitors: status.monitors.map(({ tool, state, lastTickAtMs, restarts, error }) => ({
        tool,
        state,
        lastTickAgeMs: lastTickAtMs === null ? null : Math.max(0, nowMs - lastTickAtMs),
        restarts,
        error,
      })),
      store: { writable: failures.every(({ error }) => !error.code.startsWith('E_STORE_')) },
      lease: { renewedAgeMs: Math.max(0, nowMs - lease.renewedAtMs) },
      config: { ...config, isReloading },
    };
    return reply(c, body, troubles.length === 0 ? 200 : 503);
  });

  app.get('/metrics', (c) => {
    const daemon = c.get('daemon');
    return c.body(renderMetrics(redactedBy(daemon.generation().redactor)(daemon.metrics())), 200, {
      'content-type': 'text/plain; version=0.0.4; charset=utf-8',
    });
  });

  app.get('/api/status', (c) => {
    const daemon = c.get('daemon');
    const { alerting } = daemon.generation();
    const firing = alerting.alerts().filter(({ state }) => state === 'firing');
    return reply(c, {
      version: packageVersion(),
      ...daemon.status(),
      firing: Object.fromEntries(
        SEVERITIES.map((severity) => [
          severity,
          firing.filter((alert) => alert.severity === severity).length,
        ]),
      ),
      deliveries: deliveryCounts(daemon.store, daemon.generation()),
    });
  });
}
