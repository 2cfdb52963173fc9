import type { Alert, AlertGroup } from '../core/alert.ts';
import type { AlertStore } from './alert-store.ts';
import type { Connection } from './connection.ts';
import { createOutbox } from './deliveries.ts';

export function createAlertStore(connection: Connection): AlertStore {
  const enqueue = createOutbox(connection);
  const upsertAlert = connection.prepare(`
    INSERT INTO alerts (fingerprint, started_at_ms, state, resolved_at_ms, alert) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (fingerprint, started_at_ms) DO UPDATE SET
      state = excluded.state, resolved_at_ms = excluded.resolved_at_ms, alert = excluded.alert`);
  const selectAlerts = connection.prepare<{ alert: string }>(`
    SELECT alert, started_at_ms, fingerprint FROM alerts WHERE state <> 'resolved'
    UNION ALL
    SELECT alert, started_at_ms, fingerprint FROM alerts WHERE resolved_at_ms >= ?
    ORDER BY started_at_ms DESC, fingerprint LIMIT ?`);
  const upsertGroup = connection.prepare(`
    INSERT INTO alert_groups (key, alert_group) VALUES (?, ?)
    ON CONFLICT (key) DO UPDATE SET alert_group = excluded.alert_group`);
  const deleteGroup = connection.prepare('DELETE FROM alert_groups WHERE key = ?');
  const selectGroups = connection.prepare<{ alert_group: string }>(
    'SELECT alert_group FROM alert_groups ORDER BY key',
  );

  return {
    list({ resolvedSinceMs = Number.MAX_SAFE_INTEGER, limit = -1 } = {}) {
      return selectAlerts.all(resolvedSinceMs, limit).map(({ alert }) => JSON.parse(alert) as Alert);
    },
    groups() {
      return selectGroups.all().map(({ alert_group }) => JSON.parse(alert_group) as AlertGroup);
    },
    commit({ alerts, groups, endedGroups, messages, nowMs }) {
      connection.transaction(() => {
        for (const alert of alerts) {
          const { fingerprint, startedAtMs, state, resolvedAtMs } = alert;
          upsertAlert.run(fingerprint, startedAtMs, state, resolvedAtMs, JSON.stringify(alert));
        }
        for (const key of endedGroups) deleteGroup.run(key);
        for (const group of groups) upsertGroup.run(group.key, JSON.stringify(group));
        for (const { notifier, message } of messages) enqueue(notifier, message, nowMs);
      });
    },
  };
}
