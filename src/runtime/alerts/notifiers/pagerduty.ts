import type { AlertMessage } from '../../../core/alert.ts';
import type { Severity } from '../../../core/severity.ts';
import { capText } from '../../../core/text.ts';
import { deliver } from './http-outcome.ts';
import { boundedKey } from './keys.ts';
import { describeMessage, plainLines } from './message-text.ts';
import type { Notifier, NotifierDeps, SettingsOf } from './notifier.ts';

/** Limits of the Events API v2. */
const MAX_SUMMARY = 1_024;
const MAX_DEDUP_KEY = 255;

/** The four severities that PagerDuty knows. */
const SEVERITY_OF: Readonly<Record<Severity, string>> = {
  critical: 'critical',
  high: 'error',
  medium: 'warning',
  low: 'info',
  info: 'info',
};

/** PagerDuty, Events API v2: every message about a group is an event of the same incident. */
export function createPagerduty(
  { routingKey, apiUrl }: SettingsOf<'pagerduty'>,
  deps: NotifierDeps,
): Notifier {
  return {
    send: (message, signal) =>
      deliver(deps, {
        service: 'PagerDuty',
        url: `${apiUrl.replace(/\/+$/, '')}/v2/enqueue`,
        body: { routing_key: routingKey, ...eventOf(message) },
        hint: 'Check `routingKey`: it is the integration key of an Events API v2 integration.',
        signal,
      }),
  };
}

function eventOf(message: AlertMessage): Record<string, unknown> {
  const dedup_key = boundedKey(message.dedupKey, MAX_DEDUP_KEY);
  if (message.kind === 'resolved') return { event_action: 'resolve', dedup_key };
  const text = describeMessage(message);
  return {
    event_action: 'trigger',
    dedup_key,
    client: 'Rearguard',
    payload: {
      summary: capText(text.headline, MAX_SUMMARY),
      source: message.group,
      severity: message.kind === 'test' ? 'info' : SEVERITY_OF[message.severity],
      timestamp: new Date(message.startedAtMs).toISOString(),
      group: message.group,
      class: message.alerts[0]?.rule ?? 'rearguard',
      custom_details: { message_id: message.id, text: plainLines(text).join('\n') },
    },
  };
}
