import type { Evidence, Subject } from './finding.ts';
import type { Severity } from './severity.ts';

/**
 * What an alert is about, as it stands now: an open finding of a monitor, a missing heartbeat, a crossed threshold.
 * `fingerprint` is that of the finding, so that alert, finding and verify command are one story.
 */
export interface Condition {
  /** `deps-3f9a1c20` */
  id: string;
  fingerprint: string;
  rule: string;
  severity: Severity;
  title: string;
  subject: Subject;
  evidence: readonly Evidence[];
  /** First step of the fix. */
  advice?: string;
  /** The command that proves the fix. */
  verify?: readonly string[];
  /** How long it must hold before it fires; at once when left out, for what a monitor reports is confirmed. */
  forMs?: number;
  /** The monitor that sees it. */
  source?: string;
}

export type AlertState = 'pending' | 'firing' | 'resolved';

/** Why nobody is told of an alert that fires. */
export interface Suppression {
  kind: 'cause' | 'silence' | 'maintenance';
  /** Name of the dependency or target that is the cause, id of the silence, name of the window. */
  by: string;
}

/** One episode of a condition, from its beginning until it has stayed away long enough. */
export interface Alert extends Condition {
  state: AlertState;
  /** Messages are about groups: `target shop`, `dependency payment`. */
  group: string;
  /** Wall clock, epoch milliseconds, as all times here. */
  startedAtMs: number;
  firedAtMs: number | null;
  /** Since when the condition has been away; null while it is there. */
  clearedAtMs: number | null;
  resolvedAtMs: number | null;
  suppression: Suppression | null;
}

/** What has been said about a group. One per group that has alerts which are not resolved, or not told as resolved. */
export interface AlertGroup {
  key: string;
  /** With the key it is the deduplication key of messages: the moment the first alert fired, so that it needs no counter. */
  episode: number;
  firstFiredAtMs: number;
  /** null: nobody was told yet. */
  notifiedAtMs: number | null;
  notifiedSeverity: Severity | null;
  /** Subjects that were named in messages so far. */
  notifiedSubjects: readonly string[];
  /** Names of those who were told: they get all that follows, also what a route would keep from them. */
  notifiers: readonly string[];
  /** Messages sent about this episode. */
  messages: number;
}

export type MessageKind = 'firing' | 'update' | 'reminder' | 'resolved' | 'test';

/** What a notifier tells. Complete and already redacted, so that it can wait in the queue and be sent later as it is. */
export interface AlertMessage {
  /** The same for every try and every restart: receivers may use it to drop a second copy. */
  id: string;
  kind: MessageKind;
  /** The same from firing to resolved: PagerDuty's dedup_key, Opsgenie's alias. */
  dedupKey: string;
  group: string;
  severity: Severity;
  /** One line. */
  title: string;
  atMs: number;
  startedAtMs: number;
  /** For a resolved one: since when all has been well. */
  endedAtMs: number | null;
  /** Worst first, at most 10. */
  alerts: readonly {
    id: string;
    rule: string;
    severity: Severity;
    title: string;
    subject: string;
    startedAtMs: number;
    evidence: readonly string[];
    advice: string | null;
    verify: string | null;
  }[];
  /** Alerts left out of the list. */
  omitted: number;
  /** Names of what is down because of this; at most 50, then a count. */
  affected: readonly string[];
  affectedOmitted: number;
}
