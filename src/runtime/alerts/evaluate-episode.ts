import type { AlertSettings } from '../../config/alert-schema.ts';
import type { Alert, Condition } from '../../core/alert.ts';
import type { AlertInput } from './evaluate.ts';

/** A new episode. What has no time of its own to hold fires at once: it was confirmed by whoever reports it. */
export function begin(condition: Condition, group: string, nowMs: number): Alert {
  const pending = (condition.forMs ?? 0) > 0;
  return {
    ...condition,
    state: pending ? 'pending' : 'firing',
    group,
    startedAtMs: nowMs,
    firedAtMs: pending ? null : nowMs,
    clearedAtMs: null,
    resolvedAtMs: null,
    suppression: null,
  };
}

/** The episode a step later; the same object where nothing changed. */
export function advance(
  alert: Alert,
  condition: Condition | undefined,
  input: Pick<AlertInput, 'nowMs' | 'isClear'>,
  { resolveAfter }: Pick<AlertSettings, 'resolveAfter'>,
): Alert {
  const { nowMs } = input;
  if (condition === undefined)
    return input.isClear(alert) ? withoutCondition(alert, nowMs, resolveAfter) : alert;
  if (alert.state === 'pending') {
    const holds = nowMs - alert.startedAtMs >= (condition.forMs ?? 0);
    return holds ? { ...retold(alert, condition), state: 'firing', firedAtMs: nowMs } : alert;
  }
  const same = alert.severity === condition.severity && alert.clearedAtMs === null;
  return same ? alert : { ...retold(alert, condition), clearedAtMs: null };
}

function withoutCondition(alert: Alert, nowMs: number, resolveAfterMs: number): Alert {
  if (alert.state === 'pending')
    return { ...alert, state: 'resolved', clearedAtMs: nowMs, resolvedAtMs: nowMs };
  if (alert.clearedAtMs === null) return { ...alert, clearedAtMs: nowMs };
  if (nowMs - alert.clearedAtMs < resolveAfterMs) return alert;
  return { ...alert, state: 'resolved', resolvedAtMs: nowMs };
}

/** The same episode in the words of the condition as it is now. */
export function retold(alert: Alert, condition: Condition): Alert {
  const { state, group, startedAtMs, firedAtMs, clearedAtMs, resolvedAtMs, suppression } = alert;
  return { ...condition, state, group, startedAtMs, firedAtMs, clearedAtMs, resolvedAtMs, suppression };
}
