import { type Assessment, emptyAssessment } from '../../../core/assessment.ts';
import { formatDuration } from '../../../core/duration.ts';
import type { Evidence } from '../../../core/finding.ts';
import { groupBy } from '../../../core/group-by.ts';
import { percent } from '../../../core/rounding.ts';
import type { Backend } from '../../_shared/database/postgres/activity.ts';
import { databaseSubject } from '../../_shared/database/subjects.ts';
import type { TrackerOptions } from '../options.ts';
import { RULES } from '../rules.ts';
import { type Point, risingTrend } from './connection-history.ts';
import { notRead } from './coverage.ts';
import type { LiveFacts, LiveServer } from './facts.ts';
import { liveCheck, trackerFinding } from './finding.ts';
import { applicationOf, clientSessions, isIdleInTransaction } from './sessions.ts';

export interface ConnectionUse {
  /** max_connections. */
  limit: number;
  /** Kept for superusers and the like. */
  reserved: number;
  /** What everybody else may use. */
  usable: number;
  /** Sessions of clients, with the one of ours that counts them. */
  used: number;
  /** 0 to 1, of the usable ones; superusers can make it more. */
  share: number;
  /** Most first. */
  applications: readonly ApplicationUse[];
}

export interface ApplicationUse {
  application: string;
  user: string | null;
  total: number;
  active: number;
  idle: number;
  idleInTransaction: number;
}

export interface Forecast {
  perHour: number;
  /** Until no usable connection is left. */
  limitInMs: number;
}

/** How the connections of the server are used, over all of its databases: the limit is one for all. */
export function countConnections(
  { maxConnections, reservedConnections }: LiveServer,
  backends: readonly Backend[],
): ConnectionUse {
  const sessions = clientSessions(backends);
  // The session that answers leaves itself out.
  const used = sessions.length + 1;
  const usable = Math.max(1, maxConnections - reservedConnections);
  const groups = groupBy(sessions, (session) => `${applicationOf(session)}\0${session.user}`);
  return {
    limit: maxConnections,
    reserved: reservedConnections,
    usable,
    used,
    share: used / usable,
    applications: [...groups.values()]
      .map(toApplicationUse)
      .toSorted((a, b) => b.total - a.total || a.application.localeCompare(b.application)),
  };
}

function toApplicationUse(sessions: readonly Backend[]): ApplicationUse {
  const first = sessions[0] as Backend;
  const count = (matches: (session: Backend) => boolean): number => sessions.filter(matches).length;
  return {
    application: applicationOf(first),
    user: first.user,
    total: sessions.length,
    active: count(({ state }) => state === 'active'),
    idle: count(({ state }) => state === 'idle'),
    idleInTransaction: count(isIdleInTransaction),
  };
}

/** When the last usable connection is taken at the pace of the history; null when they do not grow. */
export function forecastLimit(
  { used, usable }: Pick<ConnectionUse, 'used' | 'usable'>,
  history: readonly Point[],
): Forecast | null {
  const trend = risingTrend(history, Math.max(3, usable * 0.05));
  if (trend === null) return null;
  return {
    perHour: trend.perHour,
    limitInMs: (Math.max(0, usable - used) / trend.perHour) * 3_600_000,
  };
}

export function assessConnections(
  { target, server, activity, history }: LiveFacts,
  { connections }: TrackerOptions,
): Assessment {
  const rule = RULES.connectionsNearLimit;
  const subject = databaseSubject(target);
  if (!activity.known) return { ...emptyAssessment(), notChecked: [notRead(activity, subject, [rule])] };
  const use = countConnections(server, activity.value);
  const assessment: Assessment = { ...emptyAssessment(), checked: [{ subject, rule }] };
  if (use.share < connections.highShare) return assessment;
  const forecast = forecastLimit(use, history.used);
  const free = Math.max(0, use.usable - use.used);
  assessment.findings.push(
    trackerFinding(rule, subject, {
      title: `${use.used} of ${use.usable} usable connections are taken`,
      severity: use.share >= connections.criticalShare ? 'critical' : 'high',
      confidence: 'proven',
      evidence: [...connectionEvidence(use), ...forecastEvidence(forecast)],
      impact: {
        summary:
          free === 0
            ? 'New connections are refused: "remaining connection slots are reserved".'
            : `${free} more, then new connections are refused.`,
        basis: 'measured',
        value: percent(use.share),
        unit: '%',
      },
      steps: [
        `Begin with ${use.applications[0]?.application ?? 'the application with the most sessions'}: it has most of them.`,
        'Give its pool a limit; all pools of all instances together must stay below the usable connections.',
        'Many short sessions belong behind a pooler (PgBouncer in transaction mode).',
      ],
      check: liveCheck(target),
    }),
  );
  return assessment;
}

/** The server refused us for want of a connection: that much is measured, and all there is to know from outside. */
export function assessExhausted(target: string): Assessment {
  const rule = RULES.connectionsNearLimit;
  const subject = databaseSubject(target);
  return {
    findings: [
      trackerFinding(rule, subject, {
        title: 'No connection is left',
        severity: 'critical',
        confidence: 'proven',
        evidence: [{ label: 'connections that the server gives us', value: 0 }],
        impact: {
          summary: 'New connections are refused, ours and those of the backend.',
          basis: 'measured',
          value: 100,
          unit: '%',
        },
        steps: [
          'Look from a reserved slot, as a superuser: SELECT application_name, state, count(*) FROM pg_stat_activity GROUP BY 1, 2 ORDER BY 3 DESC;',
          'Restart the instance of the application that holds most of them, or end its idle sessions.',
          'For the next time: reserved_connections and pg_use_reserved_connections (16 and newer), and `rearguard serve`, which keeps a connection.',
        ],
        check: liveCheck(target),
      }),
    ],
    checked: [{ subject, rule }],
    notChecked: [],
  };
}

function connectionEvidence(use: ConnectionUse): Evidence[] {
  return [
    { label: 'connections in use', value: use.used },
    { label: 'usable', value: use.usable },
    { label: 'reserved', value: use.reserved },
    ...use.applications.slice(0, 3).map(({ application, user, total, idle, active }) => ({
      label: `sessions of ${application} as ${user ?? 'nobody'}`,
      value: total,
      sample: `${active} active, ${idle} idle`,
    })),
  ];
}

function forecastEvidence(forecast: Forecast | null): Evidence[] {
  if (forecast === null) return [];
  return [
    { label: 'growth', value: Number(forecast.perHour.toPrecision(3)), unit: 'an hour' },
    { label: 'limit reached in', value: formatDuration(forecast.limitInMs) },
  ];
}
