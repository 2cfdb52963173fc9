import type { BackendEvent } from '../../../core/event.ts';
import type { ErrorLogStore } from '../../../store/error-log-store.ts';
import type { CommandContext } from '../../context.ts';
import { explainIncident } from '../analyze/cause/explain.ts';
import { detect } from '../analyze/detect/detect.ts';
import { toIncidents } from '../analyze/detect/incidents.ts';
import type { ExplainedIncident } from '../analyze/assess.ts';
import { historiesOf } from '../analyze/history.ts';
import type { GroupHistory, LogWindow } from '../analyze/model.ts';
import { type FamilyEdge, familiesOf } from '../analyze/segments/families.ts';
import { spanOf } from '../analyze/segments/queries.ts';
import type { SegmentDocument } from '../analyze/segments/types.ts';
import { windowOf } from '../analyze/segments/window.ts';
import type { ErrorOptions } from '../options.ts';
import { TOOL } from '../rules.ts';
import { DAY_MS } from '../analyze/minutes.ts';

type Context = CommandContext<ErrorOptions>;

const MAX_EXPLAINED = 20;
const NOT_EXPLAINED = `The cause was not looked for: ${MAX_EXPLAINED} stronger incidents come first.`;
/** Seasons are of a week; five of them make a median that one bad day does not move. */
const SEASONS_MS = 35 * DAY_MS;
/** A deploy may lie before the window in which its errors begin. */
const EVENTS_BEFORE_MS = 3_600_000;

export interface ErrorsFound {
  window: LogWindow;
  history: ReadonlyMap<string, GroupHistory>;
  incidents: ExplainedIncident[];
}

/** Counts per hour before a time. They change with the hour only, and there are many of them. */
export interface Seasons {
  hours: ReturnType<ErrorLogStore['hours']>;
  recordHours: ReturnType<ErrorLogStore['recordHours']>;
}

export function seasonsBefore({ store }: Pick<Context, 'store'>, toMs: number): Seasons {
  const range = { fromMs: toMs - SEASONS_MS, toMs };
  return { hours: store.errorLog.hours(range), recordHours: store.errorLog.recordHours(range) };
}

/** Everything that is concluded of a range, from segments that were read and from what the store remembers. */
export function concludeErrors(
  ctx: Context,
  documents: readonly SegmentDocument[],
  edges: readonly FamilyEdge[],
  range: { fromMs: number; toMs: number },
  seasons: Seasons = seasonsBefore(ctx, range.fromMs),
): ErrorsFound {
  const { errorLog, events: eventStore, findings } = ctx.store;
  const window = windowOf(documents, range, edges);
  const history = historiesOf({
    groups: errorLog.groups(),
    hours: seasons.hours,
    rootOf: familiesOf(edges).rootOf,
    windowFromMs: range.fromMs,
  });
  const deploys = eventStore.list({ fromMs: 0, toMs: range.toMs }, ['deploy']);
  const detections = detect({
    window,
    history,
    historyFromMs: historyFromMs(ctx, documents),
    recordHours: seasons.recordHours,
    releases: releasesOf(deploys),
    thresholds: ctx.options.detection,
  });
  const events = eventStore.list({ fromMs: range.fromMs - EVENTS_BEFORE_MS, toMs: range.toMs });
  const others = findings
    .list({ states: ['new', 'ongoing', 'regressed'] })
    .filter(({ rule }) => !rule.startsWith(`${TOOL}/`));
  // Strongest first: where there are hundreds of them, a cause of each would take minutes, and nobody would read it.
  const incidents = toIncidents(detections, window).map((incident, index) => ({
    incident,
    cause:
      index < MAX_EXPLAINED
        ? explainIncident({ incident, window, events, findings: others })
        : { changePoint: null, candidates: [], notes: [NOT_EXPLAINED] },
  }));
  return { window, history, incidents };
}

/** Since when records have been read: of what is at hand, or of the oldest that the store has. */
function historyFromMs(ctx: Context, documents: readonly SegmentDocument[]): number | null {
  const { errorLog } = ctx.store;
  const oldestMs = errorLog.knownSinceMs();
  const stored =
    oldestMs === null
      ? []
      : errorLog
          .segments({ fromMs: oldestMs, toMs: oldestMs + 1 })
          .map(({ document }) => document as SegmentDocument);
  const spans = [spanOf(documents), spanOf(stored)].flatMap((span) => span?.fromMs ?? []);
  // Segments are kept for days, counts of groups for months: where only those reach back, they tell.
  const known = stored.length === 0 && oldestMs !== null ? [oldestMs] : [];
  const all = [...spans, ...known];
  return all.length === 0 ? null : Math.min(...all);
}

function releasesOf(deploys: readonly BackendEvent[]): { name: string; atMs: number }[] {
  return deploys.flatMap(({ release, atMs }) => (release === undefined ? [] : [{ name: release, atMs }]));
}
