import { type Assessment, emptyAssessment } from '../../../../core/assessment.ts';
import { groupBy } from '../../../../core/group-by.ts';
import { percent } from '../../../../core/rounding.ts';
import type { MysqlSession } from '../../../_shared/database/mysql/activity.ts';
import type { MysqlSnapshot } from '../../../_shared/database/mysql/snapshot.ts';
import { databaseSubject } from '../../../_shared/database/subjects.ts';
import { RULES } from '../../rules.ts';
import { liveCheck } from '../finding.ts';
import { type MysqlLook, mysqlFinding } from './look.ts';

const RULE = RULES.connectionsNearLimit;

export interface MysqlConnections {
  limit: number;
  used: number;
  /** 0 to 1. */
  share: number;
  /** Refused for want of a connection since the server started. */
  refused: number;
  /** Most first; empty where the sessions of others cannot be seen. */
  clients: readonly { name: string; total: number; sleeping: number }[];
}

/** Counters of the server say it without any right; who they are needs PROCESS. */
export function countMysqlConnections({ server, activity }: MysqlSnapshot): MysqlConnections {
  const limit = Math.max(1, Number(server.variables.get('max_connections') ?? 1));
  const used = server.status.get('threads_connected') ?? 0;
  const groups = groupBy(activity.known ? activity.value : [], clientOf);
  return {
    limit,
    used,
    share: used / limit,
    refused: server.status.get('connection_errors_max_connections') ?? 0,
    clients: [...groups]
      .map(([name, sessions]) => ({
        name,
        total: sessions.length,
        sleeping: sessions.filter(({ command, transaction }) => command === 'Sleep' && transaction === null)
          .length,
      }))
      .toSorted((a, b) => b.total - a.total || (a.name < b.name ? -1 : 1)),
  };
}

/** `shop-worker as app`; by where it comes from when it does not say its name. */
export function clientOf({ program, user, host }: MysqlSession): string {
  return `${program ?? host} as ${user}`;
}

export function assessMysqlConnections({ target, end, options }: MysqlLook): Assessment {
  const subject = databaseSubject(target);
  const use = countMysqlConnections(end);
  const assessment: Assessment = { ...emptyAssessment(), checked: [{ subject, rule: RULE }] };
  const { highShare, criticalShare } = options.connections;
  if (use.share < highShare) return assessment;
  assessment.findings.push(
    mysqlFinding(RULE, subject, {
      title: `${use.used} of ${use.limit} connections are taken`,
      severity: use.share >= criticalShare ? 'critical' : 'high',
      confidence: 'proven',
      evidence: [
        { label: 'connections in use', value: use.used },
        { label: 'max_connections', value: use.limit },
        ...(use.refused > 0 ? [{ label: 'refused since the server started', value: use.refused }] : []),
        ...use.clients.slice(0, 3).map(({ name, total, sleeping }) => ({
          label: `connections of ${name}`,
          value: total,
          sample: `${sleeping} of them asleep outside of a transaction`,
        })),
      ],
      impact: {
        summary:
          use.used >= use.limit
            ? 'New connections are refused: "Too many connections".'
            : `${use.limit - use.used} more, then new connections are refused.`,
        basis: 'measured',
        value: percent(use.share),
        unit: '%',
      },
      fix: 'Give the pool with the most connections a limit; a larger max_connections costs memory for each of them.',
      steps: [
        `Begin with ${use.clients[0]?.name ?? 'the client with the most connections'}.`,
        'All pools of all instances together must stay below max_connections.',
        'wait_timeout ends what sleeps for long; 28,800 s is the default.',
      ],
      check: liveCheck(target),
    }),
  );
  return assessment;
}
