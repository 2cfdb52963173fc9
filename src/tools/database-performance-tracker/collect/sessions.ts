import { groupBy } from '../../../core/group-by.ts';
import type { Backend } from '../../_shared/database/postgres/activity.ts';
import type { ActivityLook } from '../analyze/connection-history.ts';
import { applicationOf, foreignSessions } from '../analyze/sessions.ts';
import { type WaitSample, waitSample } from '../analyze/wait-profile.ts';
import type { LiveContext, LiveReader } from './live-state.ts';

export interface SampledSessions {
  waits: readonly WaitSample[];
  /** The first and the last look; one, or none, when there were no more. */
  looks: readonly ActivityLook[];
}

export interface Sampling {
  forMs: number;
  everyMs: number;
}

/**
 * Looks at the sessions again and again. The pauses vary by half, so that work in a rhythm is not met always or never.
 */
export async function sampleSessions(
  { clock, random, signal }: Pick<LiveContext, 'clock' | 'random' | 'signal'>,
  reader: LiveReader,
  { forMs, everyMs }: Sampling,
): Promise<SampledSessions> {
  const waits: WaitSample[] = [];
  const looks: ActivityLook[] = [];
  const endMs = clock.monotonicMs() + forMs;
  for (;;) {
    const atMs = clock.wallMs();
    const activity = await reader.sessions();
    if (!activity.known) break;
    waits.push(waitSample(atMs, activity.value));
    looks.splice(1, 1, activityLook(atMs, activity.value));
    const leftMs = endMs - clock.monotonicMs();
    if (leftMs <= 0) break;
    await clock.sleep(Math.min(leftMs, everyMs * (0.5 + random())), signal);
  }
  return { waits, looks };
}

export function activityLook(atMs: number, backends: readonly Backend[]): ActivityLook {
  const byApplication = groupBy(foreignSessions(backends), applicationOf);
  return {
    atMs,
    pids: new Map(
      [...byApplication].map(([application, sessions]) => [
        application,
        new Set(sessions.map(({ pid }) => pid)),
      ]),
    ),
  };
}
