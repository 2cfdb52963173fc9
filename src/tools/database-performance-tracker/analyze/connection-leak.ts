import { type Assessment, emptyAssessment } from '../../../core/assessment.ts';
import { counted } from '../../../core/counted.ts';
import { formatDuration } from '../../../core/duration.ts';
import { groupBy } from '../../../core/group-by.ts';
import type { Backend } from '../../_shared/database/postgres/activity.ts';
import { databaseSubject } from '../../_shared/database/subjects.ts';
import type { TrackerOptions } from '../options.ts';
import { RULES } from '../rules.ts';
import { type ActivityLook, type ConnectionHistory, largestFall, risingTrend } from './connection-history.ts';
import { countConnections } from './connections.ts';
import { notRead } from './coverage.ts';
import type { LiveFacts } from './facts.ts';
import { liveCheck, trackerFinding } from './finding.ts';
import { applicationOf, foreignSessions, isIdle } from './sessions.ts';

/** A pool fills itself at once: what began within this time of each other was opened together. */
const TOGETHER_MS = 1_000;
/** A pool that shrinks gives some back; a leak gives back nothing, or next to nothing. */
const MAX_FALL_SHARE = 0.2;

/** Sessions that nobody uses while their application opens others. */
interface Suspect {
  application: string;
  /** Idle for longer than the threshold, and still there when younger ones were opened. */
  unused: readonly Backend[];
  sessions: readonly Backend[];
}

interface Growth {
  perHour: number;
  overMs: number;
  basis: 'history' | 'look';
}

/**
 * A leak is told from a pool that rests by both: sessions stay unused while new ones are opened beside them, and the
 * number grows. One look shows the first; the second needs history, or growth within the look.
 */
export function assessConnectionLeak(facts: LiveFacts, { connections }: TrackerOptions): Assessment {
  const rule = RULES.connectionLeak;
  const { target, server, activity, history, looks } = facts;
  const subject = databaseSubject(target);
  const notChecked = (unknown: { reason: string; hint?: string }): Assessment => ({
    ...emptyAssessment(),
    notChecked: [notRead(unknown, subject, [rule])],
  });
  if (!activity.known) return notChecked(activity);
  const suspects = suspectsOf(activity.value, connections);
  const leaks = suspects.flatMap((suspect) => {
    const growth = growthOf(suspect, history, looks, connections.leakSessions);
    return growth === null || growth === 'unknown' ? [] : [{ suspect, growth }];
  });
  const [worst] = leaks.toSorted((a, b) => b.suspect.unused.length - a.suspect.unused.length);
  if (worst === undefined) {
    const unsure = suspects.find(
      (suspect) => growthOf(suspect, history, looks, connections.leakSessions) === 'unknown',
    );
    if (unsure === undefined) return { ...emptyAssessment(), checked: [{ subject, rule }] };
    return notChecked({
      reason: `${unsure.application} has ${counted(unsure.unused.length, 'unused session')} beside newer ones; whether they grow shows only over time`,
      hint: 'Let `rearguard serve` or `rearguard db watch` run for some minutes.',
    });
  }
  const use = countConnections(server, activity.value);
  const { suspect, growth } = worst;
  const limitInMs = (Math.max(0, use.usable - use.used) / growth.perHour) * 3_600_000;
  const idleMs = Math.max(...suspect.unused.map(({ stateMs }) => stateMs ?? 0));
  const [longest] = suspect.unused.toSorted((a, b) => (b.stateMs ?? 0) - (a.stateMs ?? 0));
  return {
    findings: [
      trackerFinding(rule, subject, {
        title: `${suspect.application} opens connections and leaves them unused`,
        severity: growth.basis === 'history' ? 'high' : 'medium',
        confidence: growth.basis === 'history' ? 'likely' : 'possible',
        evidence: [
          { label: 'unused sessions', value: suspect.unused.length },
          { label: 'sessions of the application', value: suspect.sessions.length },
          { label: 'longest unused', value: formatDuration(idleMs) },
          { label: 'growth', value: Number(growth.perHour.toPrecision(3)), unit: 'an hour' },
          { label: 'seen over', value: formatDuration(growth.overMs) },
          { label: 'limit reached in', value: formatDuration(limitInMs) },
          ...(longest?.text
            ? [
                {
                  label: 'last statement of the longest unused',
                  value: `pid ${longest.pid}`,
                  sample: longest.text,
                },
              ]
            : []),
        ],
        impact: {
          summary: `At this pace no connection is left in ${formatDuration(limitInMs)}.`,
          basis: 'modelled',
        },
        steps: [
          'Look for a path that takes a connection and does not release it: an early return, an error, a missing `finally`.',
          'The last statement of the unused sessions says which path it is.',
          'As a safety net: ALTER ROLE … SET idle_session_timeout (PostgreSQL 14 and newer), and a limit for the pool.',
        ],
        check: liveCheck(target),
      }),
    ],
    checked: [{ subject, rule }],
    notChecked: [],
  };
}

function suspectsOf(
  backends: readonly Backend[],
  { leakIdle, leakSessions }: TrackerOptions['connections'],
): Suspect[] {
  const byApplication = groupBy(foreignSessions(backends), applicationOf);
  return [...byApplication].flatMap(([application, sessions]) => {
    const idle = sessions.filter((session) => isIdle(session) && (session.stateMs ?? 0) >= leakIdle);
    // A pool hands out what is idle before it opens another one.
    const unused = idle.filter(({ stateMs }) =>
      sessions.some(({ connectedMs }) => (connectedMs ?? Infinity) + TOGETHER_MS < (stateMs ?? 0)),
    );
    if (unused.length < leakSessions || countOpenings(unused) < leakSessions) return [];
    return [{ application, unused, sessions }];
  });
}

/** Sessions that were opened together count once, however many they are. */
function countOpenings(sessions: readonly Backend[]): number {
  const ages = sessions.flatMap(({ connectedMs }) => connectedMs ?? []).toSorted((a, b) => a - b);
  let openings = 0;
  let youngest = Number.NEGATIVE_INFINITY;
  for (const age of ages) {
    if (age - youngest <= TOGETHER_MS) continue;
    openings += 1;
    youngest = age;
  }
  return openings;
}

/** unknown: there is no history that would tell. */
function growthOf(
  { application, sessions }: Suspect,
  history: ConnectionHistory,
  looks: readonly ActivityLook[],
  minRise: number,
): Growth | 'unknown' | null {
  const points = history.idle.get(application) ?? [];
  const trend = risingTrend(points, minRise);
  if (trend !== null && largestFall(points) <= MAX_FALL_SHARE * trend.rise) {
    return { perHour: trend.perHour, overMs: trend.spanMs, basis: 'history' };
  }
  const within = growthWithin(application, sessions, looks);
  if (within !== null) return within;
  return hasTrendData(points) ? null : 'unknown';
}

/** Enough to see a trend if there were one: any rise would do. */
function hasTrendData(points: readonly { atMs: number }[]): boolean {
  return points.length >= 8 && (points.at(-1)?.atMs ?? 0) - (points[0]?.atMs ?? 0) >= 5 * 60_000;
}

/** At least two opened one after the other within the run, and none closed. */
function growthWithin(
  application: string,
  sessions: readonly Backend[],
  looks: readonly ActivityLook[],
): Growth | null {
  const first = looks[0];
  const last = looks.at(-1);
  const overMs = (last?.atMs ?? 0) - (first?.atMs ?? 0);
  if (first === undefined || last === undefined || overMs <= 0) return null;
  const before = first.pids.get(application) ?? new Set<number>();
  const after = last.pids.get(application) ?? new Set<number>();
  const opened = sessions.filter(({ pid }) => after.has(pid) && !before.has(pid));
  const isGivenBack = [...before].some((pid) => !after.has(pid));
  if (isGivenBack || countOpenings(opened) < 2) return null;
  return { perHour: (opened.length / overMs) * 3_600_000, overMs, basis: 'look' };
}
