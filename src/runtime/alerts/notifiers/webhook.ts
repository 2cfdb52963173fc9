import { createHmac } from 'node:crypto';
import { deliver } from './http-outcome.ts';
import type { Notifier, NotifierDeps, SettingsOf } from './notifier.ts';

/** Any receiver: the message as JSON, signed. How to verify it is in docs/notifiers.md. */
export function createWebhook({ url, secret, headers }: SettingsOf<'webhook'>, deps: NotifierDeps): Notifier {
  return {
    send(message, signal) {
      const body = JSON.stringify(message);
      const timestamp = String(Math.floor(deps.clock.wallMs() / 1_000));
      return deliver(deps, {
        service: 'The webhook',
        url,
        headers: {
          ...headers,
          'x-rearguard-delivery': message.id,
          'x-rearguard-timestamp': timestamp,
          ...(secret === undefined ? {} : { 'x-rearguard-signature': signatureOf(secret, timestamp, body) }),
        },
        body,
        hint: 'Check `url`, `headers` and `secret` against what the receiver expects.',
        signal,
      });
    },
  };
}

/** Over time and body, so that neither can be changed and an old message cannot be played again. */
function signatureOf(secret: string, timestamp: string, body: string): string {
  return `sha256=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`;
}
