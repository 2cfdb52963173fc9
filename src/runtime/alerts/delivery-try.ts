import type { AlertMessage } from '../../core/alert.ts';
import { reasonOf } from '../../core/errors.ts';
import { redactText } from '../../core/redact.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Notifier, type SendOutcome, TRY_TIMEOUT_MS } from './notifiers/notifier.ts';

/**
 * When we stop, a try that is under way may still end: one that was accepted and not recorded would be sent again. Less than
 * the five seconds in which the daemon stops.
 */
const STOP_GRACE_MS = 4_000;

/**
 * One try with a deadline that holds even for a sender that does not heed its signal. undefined when `stop` was aborted before
 * the outcome was known.
 */
export async function tryOnce(
  notifier: Notifier,
  message: AlertMessage,
  { clock, stop }: { clock: Clock; stop: AbortSignal },
): Promise<SendOutcome | undefined> {
  const attempt = new AbortController();
  const late = `no answer within ${TRY_TIMEOUT_MS / 1_000} s`;
  const cut = new Promise<SendOutcome | undefined>((resolve) => {
    attempt.signal.addEventListener('abort', () =>
      resolve(stop.aborted ? undefined : { kind: 'retry', error: late }),
    );
  });
  const callOffDeadline = clock.after(TRY_TIMEOUT_MS, () => attempt.abort(new Error(late)));
  let callOffGrace: (() => void) | undefined;
  function hurry(): void {
    callOffGrace = clock.after(STOP_GRACE_MS, () => attempt.abort(stop.reason));
  }
  stop.addEventListener('abort', hurry, { once: true });
  try {
    return await Promise.race([send(notifier, message, attempt.signal), cut]);
  } finally {
    callOffDeadline();
    callOffGrace?.();
    stop.removeEventListener('abort', hurry);
  }
}

/** Until then or until the signal is aborted, whichever is first. */
export function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const callOff = clock.after(ms, done);
    function done(): void {
      callOff();
      signal.removeEventListener('abort', done);
      resolve();
    }
    if (signal.aborted) done();
    else signal.addEventListener('abort', done, { once: true });
  });
}

/** Senders do not throw; should one do it nevertheless, its queue goes on. */
async function send(notifier: Notifier, message: AlertMessage, signal: AbortSignal): Promise<SendOutcome> {
  try {
    return await notifier.send(message, signal);
  } catch (thrown) {
    return { kind: 'retry', error: redactText(reasonOf(thrown)) };
  }
}
