import type { AlertSettings } from '../../config/alert-schema.ts';
import type { Condition } from '../../core/alert.ts';
import { formatDuration } from '../../core/duration.ts';
import { findingFingerprint, findingId, type Subject } from '../../core/finding.ts';
import type { HeartbeatStore } from '../../store/alert-store.ts';

export const HEARTBEAT_RULE = 'rearguard/heartbeat-missing';

type HeartbeatSettings = AlertSettings['heartbeats'][number];

/** Those that are late. One that was never heard of counts from when it was first expected. */
export function missingHeartbeats(
  heartbeats: readonly HeartbeatSettings[],
  store: HeartbeatStore,
  nowMs: number,
): Condition[] {
  return heartbeats.flatMap((heartbeat) => {
    const last = store.last(heartbeat.name);
    const sinceMs = last ?? store.expectedSince(heartbeat.name, nowMs);
    const dueMs = sinceMs + heartbeat.every + heartbeat.grace;
    return nowMs > dueMs ? [conditionOf(heartbeat, last, dueMs)] : [];
  });
}

function conditionOf(
  { name, severity, every, grace }: HeartbeatSettings,
  last: number | undefined,
  dueMs: number,
): Condition {
  const subject: Subject = { kind: 'operation', name };
  const fingerprint = findingFingerprint(HEARTBEAT_RULE, subject);
  const heard = last === undefined ? 'never' : new Date(last).toISOString();
  return {
    id: findingId('heartbeat', fingerprint),
    fingerprint,
    rule: HEARTBEAT_RULE,
    severity,
    title: `${name} did not report in time`,
    subject,
    evidence: [
      { label: 'last heard of', value: heard },
      { label: 'expected by', value: new Date(dueMs).toISOString() },
      { label: 'every', value: `${formatDuration(every)}, at most ${formatDuration(grace)} late` },
    ],
    advice: `See why ${name} did not run; its last step is \`rearguard heartbeat ${name}\`.`,
  };
}
