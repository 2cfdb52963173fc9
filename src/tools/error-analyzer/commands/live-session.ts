import { type LiveSession, startLiveSession } from '../../_shared/live/session.ts';
import type { CommandContext } from '../../context.ts';
import type { LiveAssessment, LiveView } from '../../define.ts';
import { findingsOf } from '../analyze/assess.ts';
import { incidentChanges, type ToldIncident } from '../analyze/live/incident-changes.ts';
import { coverageOfGroups } from '../collect/coverage.ts';
import type { ErrorsFound } from '../collect/errors.ts';
import type { LogFollower } from '../collect/follow.ts';
import { createLooker, type Looker } from '../collect/live-look.ts';
import type { ErrorOptions } from '../options.ts';
import { changeOf, noticeChange } from './live-text.ts';
import { readingGaps } from './reading-view.ts';

type Context = CommandContext<ErrorOptions>;

/** What a live command keeps between its looks. */
export interface ErrorSession extends LiveSession {
  follower: LogFollower;
  looker: Looker;
  /** Looked at by themselves: what other logs say is not known. */
  files: readonly string[];
  /** It was told to stop before all that was there had been read. */
  isPartial: boolean;
  found: ErrorsFound;
  told: readonly ToldIncident[];
  /** The newest changes, for the screen. */
  recent: readonly LiveView['changes'][number][];
}

const MAX_RECENT = 8;

export function startErrorSession(
  ctx: Context,
  follower: LogFollower,
  { files, isPartial }: Pick<ErrorSession, 'files' | 'isPartial'>,
): ErrorSession {
  const looker = createLooker(ctx, follower, { isAlone: files.length > 0 });
  return {
    ...startLiveSession(ctx.clock.wallMs()),
    follower,
    looker,
    files,
    isPartial,
    found: looker.lookAnyway(),
    told: [],
    recent: [],
  };
}

/** Looks where it is worth it, and says what is another than at the look before. */
export function takeChanges(ctx: Context, session: ErrorSession): LiveView['changes'] {
  const atMs = ctx.clock.wallMs();
  session.found = session.looker.look();
  const { incidents, window } = session.found;
  const { told, changes } = incidentChanges(session.told, incidents, window);
  session.told = told;
  const lines = [
    ...session.follower.notices().map((notice) => noticeChange(notice, atMs)),
    ...changes.map((change) => changeOf(change, window, atMs)),
  ];
  session.changes += lines.length;
  session.recent = [...session.recent, ...lines].slice(-MAX_RECENT);
  return lines;
}

/** Findings of the newest look. Where no record was seen, none is said to be gone. */
export function assessSession(
  ctx: Context,
  { found, follower, files, isPartial }: ErrorSession,
): LiveAssessment {
  const gaps = [
    ...readingGaps(follower.report()),
    ...(isPartial ? [{ reason: 'It was told to stop before all that was there had been read' }] : []),
  ];
  if (found.window.records.length === 0) {
    const nothing = {
      reason: 'No log has a record of the last 24 hours',
      hint: 'See whether the sources of the config are where logs are written.',
    };
    return { findings: [], coverage: { checked: [], notChecked: [...gaps, nothing] } };
  }
  const findings = findingsOf({ ...found, options: ctx.options, files });
  return {
    findings,
    coverage: coverageOfGroups(ctx, { findings, found, isWhole: files.length === 0 && !isPartial, gaps }),
  };
}
