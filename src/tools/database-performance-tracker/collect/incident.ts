import type { BackendEvent } from '../../../core/event.ts';
import type { Finding } from '../../../core/finding.ts';
import type { Store } from '../../../store/store.ts';
import { databaseSubject } from '../../_shared/database/subjects.ts';
import type { OpenDatabase } from '../../_shared/database/open-databases.ts';
import { RULES, TOOL } from '../rules.ts';
import type { LiveContext, LiveState } from './live-state.ts';
import { openLive } from './open-live.ts';
import { sampleSessions, type Sampling } from './sessions.ts';

/** What may have caused an incident lies in this much of the past. */
const CHANGES_MS = 60 * 60_000;
const MAX_CHANGES = 8;

/** A moment of samples, then who waits for whom. */
export async function lookAtIncident(
  ctx: LiveContext,
  database: OpenDatabase,
  sampling: Sampling,
  before: LiveState | null,
): Promise<LiveState> {
  const reader = await openLive(ctx, database);
  const { waits, looks } = await sampleSessions(ctx, reader, sampling);
  return reader.state({ waits, looks, before });
}

/** Deploys, migrations, restarts and the like of the last hour, newest first. */
export function recentChanges({ events }: Pick<Store, 'events'>, nowMs: number): BackendEvent[] {
  return events
    .list({ fromMs: nowMs - CHANGES_MS, toMs: nowMs + 1 }, [
      'deploy',
      'migration',
      'config-change',
      'restart',
    ])
    .toSorted((a, b) => b.atMs - a.atMs)
    .slice(0, MAX_CHANGES);
}

/** The chain of this database that stood when somebody looked last; undefined when none did. */
export function standingChain({ findings }: Pick<Store, 'findings'>, target: string): Finding | undefined {
  const subject = databaseSubject(target);
  return findings
    .list({ tool: TOOL, states: ['new', 'ongoing', 'regressed'] })
    .find(
      ({ rule, subject: { kind, name } }) =>
        rule === RULES.blockingChain.id && kind === subject.kind && name === subject.name,
    );
}
