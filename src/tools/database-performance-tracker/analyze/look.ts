import type { Assessment } from '../../../core/assessment.ts';
import { emptyAssessment } from '../../../core/assessment.ts';
import type { FindingDraft, Rule, Subject } from '../../../core/finding.ts';
import { known, type Reading, unknown } from '../../_shared/database/reading.ts';
import type { Backend } from '../../_shared/database/postgres/activity.ts';
import type { Snapshot, Topic, TopicValues } from '../../_shared/database/postgres/snapshot.ts';
import type { StatementWindow } from '../../_shared/database/statements.ts';
import { databaseSubject } from '../../_shared/database/subjects.ts';
import type { TrackerOptions } from '../options.ts';
import type { Misestimate } from './misestimates.ts';
import type { LogReading } from './server-log.ts';
import type { StatementName } from './statements/names.ts';
import type { QueryWaits } from './wait-profile.ts';

/** Read at both ends of a window: what only means something as a difference. */
export const WINDOW_TOPICS = [
  'statements',
  'databases',
  'tables',
  'indexes',
  'checkpoints',
  'wal',
  'sequences',
  'wraparound',
] as const satisfies readonly Topic[];
export type WindowTopic = (typeof WINDOW_TOPICS)[number];

/** Read at its end, beside those: what is as it is. */
export const STATE_TOPICS = [
  ...WINDOW_TOPICS,
  'catalog',
  'integerKeys',
  'constraints',
  'settings',
  'progress',
  'replication',
] as const satisfies readonly Topic[];
export type StateTopic = (typeof STATE_TOPICS)[number];

/** What the rules about statements, storage and indexes look at: one database over one window. */
export interface Look {
  target: string;
  options: TrackerOptions;
  /** null: there is no window, only how it is now. */
  start: Snapshot<WindowTopic> | null;
  end: Snapshot<StateTopic>;
  statements: Reading<StatementWindow>;
  /** What statements are called, by their keys. */
  names: ReadonlyMap<string, StatementName>;
  /** Sessions at the end of the window. */
  sessions: Reading<readonly Backend[]>;
  /** What sessions were met in, by query id: samples of some seconds, at the end of the window or within it. */
  queryWaits: ReadonlyMap<string, QueryWaits>;
  /** It listens on this machine only: a place to try things, where losing data is allowed. */
  isLocal: boolean;
  /** How long the server is known to have been counting at least, by our own history: the oldest look at this epoch. */
  knownSinceMs: number;
  /** Of the window. */
  log: LogReading;
  /** From plans that auto_explain wrote with what really happened: where the planner was far off, the worst first. */
  misestimates: readonly LoggedMisestimate[];
}

export interface LoggedMisestimate extends Misestimate {
  /** Text of its statement, as the server's statistics have it. */
  statement: string;
}

/** The same at both ends; unknown where one of them could not be read, or there is no beginning. */
export function bothEnds<Name extends WindowTopic>(
  { start, end }: Look,
  topic: Name,
): Reading<{ before: TopicValues[Name]; after: TopicValues[Name]; seconds: number }> {
  const after = end.parts[topic];
  if (!after.known) return after;
  if (start === null) return unknown('there is no window to compare over', 'Give one: `--duration 30s`.');
  if (start.server.epoch !== end.server.epoch)
    return unknown('the server was started anew within the window');
  const before = start.parts[topic];
  if (!before.known) return before;
  const seconds = (end.takenAtMs - start.takenAtMs) / 1_000;
  return known({ before: before.value, after: after.value, seconds });
}

/** Runs the analysis where there is something to look at; elsewhere says why its rules came to no verdict. */
export function whereKnown<Value>(
  look: Pick<Look, 'target'>,
  rules: readonly Rule[],
  reading: Reading<Value>,
  analysis: (value: Value) => Assessment,
): Assessment {
  if (reading.known) return analysis(reading.value);
  const { reason, hint } = reading;
  return {
    ...emptyAssessment(),
    notChecked: [
      {
        subject: databaseSubject(look.target),
        rules: rules.map(({ id }) => id),
        reason,
        ...(hint === undefined ? {} : { hint }),
      },
    ],
  };
}

/** Two readings as one; unknown for the reason of the first that is. */
export function together<A, B>(a: Reading<A>, b: Reading<B>): Reading<readonly [A, B]> {
  if (!a.known) return a;
  if (!b.known) return b;
  return known([a.value, b.value] as const);
}

/** Watched without a duration: what was before would hide what has just begun, and show what was just mended. */
export const WATCH_MS = 10_000;

/** `verify` watches anew: history still holds what was wrong before the fix. */
export function analyzeCheck(target: string, rule: Rule, subject: Subject): FindingDraft['check'] {
  const name = rule.id.slice(rule.id.indexOf('/') + 1);
  return { command: 'analyze', input: { target, rule: name, subject: subject.name, now: true } };
}

/** What a counter grew by; what it stands at when it was set to zero in between: at least that much happened. */
export function grown(before: number | undefined, after: number): number {
  return before === undefined || after < before ? after : after - before;
}
