import type { FindingChange, RunSummary, Store } from '../../store/store.ts';
import type { Session } from '../../core/session.ts';
import { isOpen } from '../../core/report.ts';
import type { SessionFacts } from '../../workspace/sessions/update.ts';
import type { ChangedFile } from './git.ts';

/** What the store, git and the workspace know of the time of a session. */
export function sessionFacts(
  session: SessionFacts['session'],
  known: {
    store: Store;
    toolsNow: readonly string[];
    lessons: SessionFacts['lessons'];
    changed: readonly ChangedFile[] | null;
  },
): SessionFacts {
  const range = { fromMs: session.startedAtMs, toMs: session.endedAtMs + 1 };
  const last = lastChanges(known.store.findings.changes(range));
  return {
    session,
    toolsAdded: toolsSince(session, known.toolsNow),
    opened: last
      .filter(({ state, finding }) => state !== 'resolved' && isOpen(finding))
      .map(({ finding, state }) => ({ ...finding, state })),
    closed: last.filter(({ state }) => state === 'resolved').map(({ finding, atMs }) => ({ finding, atMs })),
    lessons: known.lessons,
    events: known.store.events
      .list(range)
      .filter(({ kind }) => kind !== 'state-change')
      .map(({ atMs, title }) => ({ atMs, title })),
    runs: countRuns(known.store.runs.list(range)),
    files: known.changed === null ? null : { changed: known.changed },
  };
}

function toolsSince({ toolsAtStart }: Session, toolsNow: readonly string[]): string[] {
  return toolsNow.filter((name) => !toolsAtStart.includes(name));
}

/** Of a finding that came and went, only how it ended; worst first as the store lists them. */
function lastChanges(changes: readonly FindingChange[]): FindingChange[] {
  return [...new Map(changes.map((change) => [change.finding.fingerprint, change])).values()];
}

/** Most often run first. `runs` come newest first. */
function countRuns(runs: readonly RunSummary[]): SessionFacts['runs'] {
  const byLine = new Map<string, { line: string; count: number; status: RunSummary['status'] }>();
  for (const { tool, command, status } of runs) {
    const line = tool === 'rearguard' ? command : `${tool} ${command}`;
    const known = byLine.get(line) ?? { line, count: 0, status };
    byLine.set(line, { ...known, count: known.count + 1 });
  }
  return [...byLine.values()].toSorted((a, b) => b.count - a.count || (a.line < b.line ? -1 : 1));
}
