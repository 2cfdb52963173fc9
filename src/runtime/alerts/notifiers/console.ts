import { DELIVERED } from './http-outcome.ts';
import { describeMessage } from './message-text.ts';
import type { Notifier, NotifierDeps } from './notifier.ts';

/** One line a message, without control codes. */
export function createConsole({ writeLine }: NotifierDeps): Notifier {
  return {
    send(message) {
      const { headline, context, notes } = describeMessage(message);
      const time = new Date(message.atMs).toISOString();
      writeLine([`${time} ${headline}`, context, ...notes].join(' | '));
      return Promise.resolve(DELIVERED);
    },
  };
}
