import type { Assessment } from '../../../core/assessment.ts';
import type { Diagnostic } from '../../../core/report.ts';
import type { Backend } from '../../_shared/database/postgres/activity.ts';
import type { Reading } from '../../_shared/database/reading.ts';
import type { StatementWindow } from '../../_shared/database/statements.ts';
import type { CommandContext } from '../../context.ts';
import type { ActivityLook } from '../analyze/connection-history.ts';
import type { LiveFacts } from '../analyze/facts.ts';
import type { CumulativeCounters } from '../analyze/look-values.ts';
import type { WaitSample } from '../analyze/wait-profile.ts';
import type { TrackerOptions } from '../options.ts';

export type LiveContext = Pick<
  CommandContext<TrackerOptions>,
  'clock' | 'options' | 'random' | 'signal' | 'store'
>;

/** How one server is looked at again and again, whatever its dialect. */
export interface LiveReader {
  /** Only its sessions: the cheapest look there is. */
  sessions(): Promise<Reading<readonly Backend[]>>;
  /** Everything that the live rules judge. */
  state(beside: Beside): Promise<LiveState>;
  /** Counters of statements, to be compared by `between`. */
  statements(): Promise<StatementMark>;
}

/** Statements at one time; `until` says what they did up to a later one. */
export interface StatementMark {
  until(later: StatementMark): Reading<StatementWindow>;
}

/** What is seen beside one state: samples, looks at the sessions, and the state before. */
export interface Beside {
  waits: readonly WaitSample[];
  looks: readonly ActivityLook[];
  before: LiveState | null;
}

export interface LiveState {
  facts: LiveFacts;
  /** Counters of one epoch can be compared. */
  epoch: string;
  /** null: they cannot be read. */
  counters: CumulativeCounters | null;
  /** What the rules of its dialect conclude. */
  assess: () => Assessment;
  /** A role that can do too much. */
  advice: readonly Diagnostic[];
}

export function comparable(before: LiveState | null, epoch: string): LiveState | null {
  return before !== null && before.epoch === epoch ? before : null;
}
