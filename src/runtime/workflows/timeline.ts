import type { Alert } from '../../core/alert.ts';
import type { Block } from '../../core/block.ts';
import type { BackendEvent } from '../../core/event.ts';
import { capText, oneLine } from '../../core/text.ts';
import { OWN_NAME } from '../own-command.ts';
import type { FindingChange, RunSummary, Store, TimeRange } from '../../store/store.ts';

type TimelineEntry = Extract<Block, { kind: 'timeline' }>['entries'][number];

const MAX_ENTRIES = 40;
const MAX_LABEL = 120;
/** Of runs; they must not crowd out what happened to the backend. */
const MAX_RUNS = 8;

/** Everything that the store knows to have happened in a time, whoever saw it. */
export interface Happenings {
  events: readonly BackendEvent[];
  changes: readonly FindingChange[];
  alerts: readonly Alert[];
  /** Newest first. */
  runs: readonly RunSummary[];
}

export function happeningsOf(store: Store, range: TimeRange): Happenings {
  return {
    events: store.events.list(range),
    changes: store.findings.changes(range),
    alerts: store.alerts
      .list({ resolvedSinceMs: range.fromMs })
      .filter(({ startedAtMs }) => startedAtMs < range.toMs),
    runs: store.runs.list(range).filter(({ tool, command }) => changesTheScene(tool, command)),
  };
}

/** Looks of single tools say nothing that their findings do not say; load is felt by the backend, and people remember whole runs. */
function changesTheScene(tool: string, command: string): boolean {
  return tool === 'load-tester' || (tool === OWN_NAME && /^(?:check|run .+)$/.test(command));
}

/** One timeline over all tools, in order of time; the newest entries where there are too many. */
export function timelineOf(happenings: Happenings, title: string): Block[] {
  const entries = [
    ...happenings.events.map(({ atMs, kind, title: label, target }): TimelineEntry => ({
      atMs,
      label: short(label),
      detail: target === undefined ? kind : `${kind} of ${target}`,
      tone: kind === 'state-change' ? 'warn' : 'muted',
    })),
    ...happenings.changes.map(({ atMs, state, finding }): TimelineEntry => ({
      atMs,
      label: short(`${WORDS[state]}: ${finding.title}`),
      detail: finding.id,
      tone: state === 'resolved' ? 'good' : 'bad',
    })),
    ...happenings.alerts.flatMap(alertEntries),
    ...happenings.runs.slice(0, MAX_RUNS).map(({ tool, command, startedAt, summary }): TimelineEntry => ({
      atMs: Date.parse(startedAt),
      label: short(`${tool === OWN_NAME ? '' : `${tool} `}${command}: ${summary}`),
      detail: 'run',
      tone: 'muted',
    })),
  ].toSorted((a, b) => a.atMs - b.atMs);
  return entries.length === 0 ? [] : [{ kind: 'timeline', title, entries: entries.slice(-MAX_ENTRIES) }];
}

const WORDS: Readonly<Record<FindingChange['state'], string>> = {
  new: 'found',
  regressed: 'back',
  resolved: 'gone',
};

function alertEntries({ title, group, firedAtMs, resolvedAtMs }: Alert): TimelineEntry[] {
  const entry = (atMs: number | null, word: string, tone: 'bad' | 'good'): TimelineEntry[] =>
    atMs === null ? [] : [{ atMs, label: short(`alert ${word}: ${title}`), detail: group, tone }];
  return [...entry(firedAtMs, 'fires', 'bad'), ...entry(resolvedAtMs, 'is over', 'good')];
}

function short(text: string): string {
  return capText(oneLine(text), MAX_LABEL);
}
