import { windowOf } from '../../_shared/database/delta.ts';
import type { OpenDatabase } from '../../_shared/database/open-databases.ts';
import { readSnapshot } from '../../_shared/database/postgres/read-snapshot.ts';
import type { Snapshot } from '../../_shared/database/postgres/snapshot.ts';
import { known, type Reading, unknown } from '../../_shared/database/reading.ts';
import type { StatementSnapshot, StatementWindow } from '../../_shared/database/statements.ts';
import type { CommandContext } from '../../context.ts';
import { type StateTopic, WINDOW_TOPICS, type WindowTopic } from '../analyze/look.ts';

export type WindowSnapshot = Snapshot<WindowTopic>;
export type StateSnapshot = Snapshot<StateTopic>;

/** A long window is read this often in between: an eviction or an interruption costs no more than a part of it. */
const READINGS = 20;
const MIN_STEP_MS = 5_000;

/**
 * Reads the counters again until the time is over, or the run is told to stop, at least once. What was read until then
 * is kept: an interruption only makes the window shorter.
 */
export async function* watchCounters(
  { clock, signal }: Pick<CommandContext, 'clock' | 'signal'>,
  { session }: OpenDatabase,
  { fromMs, untilMs }: { fromMs: number; untilMs: number },
): AsyncGenerator<WindowSnapshot, void, void> {
  const stepMs = Math.max(MIN_STEP_MS, (untilMs - fromMs) / READINGS);
  try {
    do {
      const leftMs = untilMs - clock.wallMs();
      if (leftMs > 0) await clock.sleep(Math.min(stepMs, leftMs), signal);
      yield await readSnapshot(session, WINDOW_TOPICS, clock.wallMs());
    } while (clock.wallMs() < untilMs);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** What statements did over these readings. */
export function statementWindow(
  readings: readonly { parts: { statements: Reading<StatementSnapshot> } }[],
): Reading<StatementWindow> {
  const snapshots = readings.map(({ parts }) => parts.statements);
  const missing = snapshots.find((reading) => !reading.known);
  if (missing !== undefined && !missing.known) return missing;
  const values = snapshots.flatMap((reading) => (reading.known ? [reading.value] : []));
  return values.length < 2 ? unknown('there is no window to compare over') : known(windowOf(values));
}

/** The end of a window: its newest counters, beside the state that was read when it was looked at. */
export function endOf(state: StateSnapshot, newest: WindowSnapshot | undefined): StateSnapshot {
  if (newest === undefined) return state;
  return { takenAtMs: newest.takenAtMs, server: newest.server, parts: { ...state.parts, ...newest.parts } };
}
