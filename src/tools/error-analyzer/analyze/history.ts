import type { GroupMark, StoredGroup } from '../../../store/error-log-store.ts';
import type { GroupHistory } from './model.ts';
import { HOUR_MS } from './minutes.ts';

export interface Remembered {
  groups: readonly StoredGroup[];
  /** Counts per hour by group id. */
  hours: ReadonlyMap<string, readonly (readonly [hour: number, count: number])[]>;
  /** From a group to the one it belongs to now. */
  rootOf: (id: string) => string;
  /** Hours from here on belong to the window. */
  windowFromMs: number;
}

/** What is known of every group from before the window; merged groups are one. */
export function historiesOf({ groups, hours, rootOf, windowFromMs }: Remembered): Map<string, GroupHistory> {
  const histories = new Map<string, GroupHistory>();
  for (const group of groups) {
    const id = rootOf(group.id);
    const own = toHistory(id, group, before(hours.get(group.id) ?? [], windowFromMs));
    const known = histories.get(id);
    histories.set(id, known === undefined ? own : mergeHistories(known, own));
  }
  return histories;
}

function toHistory(id: string, group: StoredGroup, hours: GroupHistory['hours']): GroupHistory {
  return {
    id,
    firstSeenMs: group.firstSeenMs,
    lastSeenMs: group.lastSeenMs,
    total: group.total,
    releases: group.releases,
    hours,
    ...stateOf(group.mark),
  };
}

type State = Pick<
  GroupHistory,
  'state' | 'stateAtMs' | 'resolvedIn' | 'ignoredUntilMs' | 'ignoredUntilPerHour'
>;

function stateOf(mark: GroupMark | null): State {
  return {
    state: mark?.state ?? 'open',
    stateAtMs: mark?.atMs ?? null,
    resolvedIn: mark?.release ?? null,
    ignoredUntilMs: mark?.untilMs ?? null,
    ignoredUntilPerHour: mark?.untilPerHour ?? null,
  };
}

/** What was said last of one of them holds for all. */
function mergeHistories(a: GroupHistory, b: GroupHistory): GroupHistory {
  const [later, earlier] = (a.stateAtMs ?? 0) >= (b.stateAtMs ?? 0) ? [a, b] : [b, a];
  const hours = new Map(a.hours);
  for (const [hour, count] of b.hours) hours.set(hour, (hours.get(hour) ?? 0) + count);
  return {
    ...earlier,
    ...later,
    firstSeenMs: Math.min(a.firstSeenMs, b.firstSeenMs),
    lastSeenMs: Math.max(a.lastSeenMs, b.lastSeenMs),
    total: a.total + b.total,
    releases: [...new Set([...a.releases, ...b.releases])],
    hours: [...hours].toSorted(([x], [y]) => x - y),
  };
}

function before(hours: GroupHistory['hours'], windowFromMs: number): GroupHistory['hours'] {
  return hours.filter(([hour]) => (hour + 1) * HOUR_MS <= windowFromMs);
}
