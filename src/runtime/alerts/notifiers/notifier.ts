import type { NotifierSettings } from '../../../config/alert-schema.ts';
import type { SecretReference } from '../../../config/types.ts';
import type { AlertMessage } from '../../../core/alert.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { HttpClient } from '../../../platform/http-client.ts';
import type { Processes } from '../../../platform/processes.ts';

/** A way to tell people. It never throws: what went wrong is an outcome. */
export interface Notifier {
  send(message: AlertMessage, signal: AbortSignal): Promise<SendOutcome>;
}

/** Errors are one line, redacted, and end with what to look at. */
export type SendOutcome =
  | { kind: 'delivered' }
  /** Another try may succeed; not before `afterMs`, when the receiver asked for it. */
  | { kind: 'retry'; error: string; afterMs?: number }
  /** The receiver understood and refused: the same message will be refused again. */
  | { kind: 'rejected'; error: string };

/** What senders reach the world through. */
export interface NotifierDeps {
  http: HttpClient;
  processes: Processes;
  clock: Clock;
  /** Takes the secrets of this notifier out of a text. */
  redact: (text: string) => string;
  /** Where the console notifier writes; the line has no newline at its end. */
  writeLine: (line: string) => void;
  platform: NodeJS.Platform;
}

/** Settings with every reference replaced by its text. */
type Plain<Value> = Value extends SecretReference
  ? never
  : Value extends readonly (infer Item)[]
    ? readonly Plain<Item>[]
    : Value extends object
      ? { [Key in keyof Value]: Plain<Value[Key]> }
      : Value;

export type PlainNotifierSettings = Plain<NotifierSettings>;
export type NotifierKind = PlainNotifierSettings['kind'];
export type SettingsOf<Kind extends NotifierKind> = Extract<PlainNotifierSettings, { kind: Kind }>;

/** Time for one try; a receiver that has not answered by then is taken for one that is down. */
export const TRY_TIMEOUT_MS = 15_000;
