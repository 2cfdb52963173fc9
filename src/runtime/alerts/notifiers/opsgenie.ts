import type { AlertMessage } from '../../../core/alert.ts';
import type { Severity } from '../../../core/severity.ts';
import { capText } from '../../../core/text.ts';
import { type ApiCall, deliver } from './http-outcome.ts';
import { boundedKey } from './keys.ts';
import { describeMessage, fitLines, type MessageText, plainLines } from './message-text.ts';
import type { Notifier, NotifierDeps, SettingsOf } from './notifier.ts';

/** Limits of the Alert API. */
const MAX_MESSAGE = 130;
const MAX_ALIAS = 512;
const MAX_DESCRIPTION = 15_000;
const MAX_NOTE = 25_000;

const PRIORITY_OF: Readonly<Record<Severity, string>> = {
  critical: 'P1',
  high: 'P2',
  medium: 'P3',
  low: 'P4',
  info: 'P5',
};

/**
 * Opsgenie. An alert is created with every message that is not about its end: while one with its alias is open, Opsgenie only
 * counts it, and when it is not, because the first message was given up, people learn of it all the same.
 */
export function createOpsgenie({ apiKey, apiUrl }: SettingsOf<'opsgenie'>, deps: NotifierDeps): Notifier {
  const base = `${apiUrl.replace(/\/+$/, '')}/v2/alerts`;
  return {
    async send(message, signal) {
      const text = describeMessage(message);
      const ofAlias = `${base}/${encodeURIComponent(boundedKey(message.dedupKey, MAX_ALIAS))}`;
      const note = capText(inert([text.headline, ...plainLines(text)].join('\n')), MAX_NOTE);
      const post = (url: string, body: unknown) => deliver(deps, call(url, body));
      function call(url: string, body: unknown): ApiCall {
        return {
          service: 'Opsgenie',
          url,
          headers: { authorization: `GenieKey ${apiKey}` },
          body,
          hint: 'Check `apiKey` (of an API integration with the right to create alerts), and that `apiUrl` is the one of your region.',
          signal,
        };
      }
      if (message.kind === 'resolved') {
        return post(`${ofAlias}/close?identifierType=alias`, { source: 'Rearguard', note });
      }
      const created = await post(base, alertOf(message, text));
      if (created.kind !== 'delivered' || message.kind === 'firing' || message.kind === 'test')
        return created;
      return post(`${ofAlias}/notes?identifierType=alias`, { source: 'Rearguard', note });
    },
  };
}

function alertOf(message: AlertMessage, text: MessageText): Record<string, unknown> {
  return {
    message: capText(inert(text.headline), MAX_MESSAGE),
    alias: boundedKey(message.dedupKey, MAX_ALIAS),
    description: inert(fitLines(plainLines(text), MAX_DESCRIPTION)),
    priority: message.kind === 'test' ? 'P5' : PRIORITY_OF[message.severity],
    entity: capText(message.group, MAX_ALIAS),
    source: 'Rearguard',
    tags: ['rearguard', message.severity],
    details: { messageId: message.id },
  };
}

/** Opsgenie renders HTML in its texts and documents no way to escape it. */
function inert(text: string): string {
  return text.replaceAll('<', '‹').replaceAll('>', '›');
}
