import type { Block, Cell, Column } from '../../../core/block.ts';
import { counted } from '../../../core/counted.ts';
import { formatDuration } from '../../../core/duration.ts';
import { percent } from '../../../core/rounding.ts';
import { formatSize } from '../../../core/size.ts';
import { capText, oneLine } from '../../../core/text.ts';
import type { Backend } from '../../_shared/database/postgres/activity.ts';
import type { Progress } from '../../_shared/database/postgres/progress.ts';
import type { Replication } from '../../_shared/database/postgres/replication.ts';
import type { ReplicationSlot } from '../../_shared/database/postgres/slots.ts';
import type { ConnectionUse, Forecast } from '../analyze/connections.ts';
import { applicationOf, foreignSessions, isIdle } from '../analyze/sessions.ts';
import { waitLabel, type WaitProfile } from '../analyze/wait-profile.ts';

/** Blocks of one database now, each empty when there is nothing to show: together they are one screen. */

const MAX_APPLICATIONS = 5;
const MAX_WAITS = 5;
const MAX_RUNNING = 6;
const MAX_TEXT = 200;

const right = (header: string): Column => ({ header, align: 'right' });

export function connectionsBlock(name: string, use: ConnectionUse, forecast: Forecast | null): Block {
  const until =
    forecast === null
      ? ''
      : `; limit in ${formatDuration(forecast.limitInMs)} at ${forecast.perHour.toPrecision(2)} an hour`;
  const shown = use.applications.slice(0, MAX_APPLICATIONS);
  return {
    kind: 'table',
    title: `${name}: ${use.used} of ${use.usable} connections (${percent(use.share)} %), ${use.reserved} reserved${until}`,
    columns: [
      { header: 'application' },
      { header: 'user' },
      right('sessions'),
      right('active'),
      right('idle'),
      right('idle in tx'),
    ],
    rows: shown.map(({ application, user, total, active, idle, idleInTransaction }) => [
      application,
      user,
      total,
      active,
      idle,
      idleInTransaction === 0 ? 0 : { text: String(idleInTransaction), tone: 'warn' },
    ]),
    ...(use.applications.length > shown.length ? { omitted: use.applications.length - shown.length } : {}),
  };
}

export function waitsBlock(profile: WaitProfile | null): Block[] {
  if (profile === null || profile.averageActive === 0) return [];
  const shown = profile.waits.slice(0, MAX_WAITS);
  const basis = `${counted(profile.samples, 'sample')} in ${formatDuration(profile.overMs)}`;
  return [
    {
      kind: 'table',
      title: `${profile.averageActive.toPrecision(2)} sessions active on average (${basis})`,
      columns: [{ header: 'doing' }, right('sessions'), { ...right('share'), unit: '%' }],
      rows: shown.map((wait) => [
        waitLabel(wait),
        Number(wait.average.toPrecision(2)),
        Math.round(wait.share * 100),
      ]),
      ...(profile.waits.length > shown.length ? { omitted: profile.waits.length - shown.length } : {}),
    },
  ];
}

/** Sessions that do something, or sit in a transaction; the longest first. */
export function busySessions(backends: readonly Backend[]): Backend[] {
  return foreignSessions(backends)
    .filter((session) => session.state !== null && !isIdle(session))
    .toSorted((a, b) => sinceMs(b) - sinceMs(a));
}

export function sinceMs({ transactionMs, queryMs }: Backend): number {
  return transactionMs ?? queryMs ?? 0;
}

export function runningBlock(backends: readonly Backend[]): Block[] {
  const busy = busySessions(backends);
  if (busy.length === 0) return [];
  const shown = busy.slice(0, MAX_RUNNING);
  return [
    {
      kind: 'table',
      title: `Running now: ${counted(busy.length, 'session')}`,
      columns: [
        right('pid'),
        { header: 'application' },
        right('for'),
        { header: 'doing' },
        { header: 'statement' },
      ],
      rows: shown.map((session) => [
        // A name, not a quantity.
        String(session.pid),
        applicationOf(session),
        formatDuration(sinceMs(session)),
        doing(session),
        statementCell(session.text),
      ]),
      ...(busy.length > shown.length ? { omitted: busy.length - shown.length } : {}),
    },
  ];
}

function doing({ state, waitType, waitEvent }: Backend): Cell {
  if (state !== 'active') return { text: (state ?? '').replace('transaction', 'tx'), tone: 'warn' };
  if (waitType === null) return 'CPU';
  const label = waitLabel({ type: waitType, event: waitEvent });
  return waitType === 'Lock' ? { text: label, tone: 'bad' } : label;
}

export function statementCell(text: string | null): string | null {
  return text === null ? null : capText(oneLine(text), MAX_TEXT);
}

export function replicationBlock({ senders, receiver, replayLagMs, replayLagBytes }: Replication): Block[] {
  const rows: Cell[][] = senders.map(
    ({ application, client, state, synchronous, lagBytes, replayLagMs: lagMs }) => [
      application,
      client,
      `${state}, ${synchronous}`,
      lagBytes === null ? null : formatSize(lagBytes),
      lagMs === null ? null : formatDuration(lagMs),
    ],
  );
  if (receiver !== null || replayLagMs !== null) {
    rows.push([
      'this standby',
      receiver?.sender ?? null,
      receiver?.status ?? 'no receiver',
      replayLagBytes === null ? null : formatSize(replayLagBytes),
      replayLagMs === null ? null : formatDuration(replayLagMs),
    ]);
  }
  if (rows.length === 0) return [];
  return [
    {
      kind: 'table',
      title: 'Replication',
      columns: [
        { header: 'standby' },
        { header: 'at' },
        { header: 'state' },
        right('log behind'),
        right('time behind'),
      ],
      rows,
    },
  ];
}

export function slotsBlock(slots: readonly ReplicationSlot[]): Block[] {
  if (slots.length === 0) return [];
  return [
    {
      kind: 'table',
      title: 'Replication slots',
      columns: [{ header: 'slot' }, { header: 'kind' }, { header: 'read from' }, right('log kept')],
      rows: slots.map(({ name, kind, plugin, active, retainedBytes }) => [
        name,
        plugin === null ? kind : `${kind}, ${plugin}`,
        active ? 'yes' : { text: 'no', tone: 'warn' },
        retainedBytes === null ? null : formatSize(retainedBytes),
      ]),
    },
  ];
}

export function progressBlock(progress: readonly Progress[]): Block[] {
  if (progress.length === 0) return [];
  return [
    {
      kind: 'table',
      title: 'At work in the server',
      columns: [
        { header: 'what' },
        { header: 'table' },
        { header: 'phase' },
        { ...right('done'), unit: '%' },
        right('for'),
      ],
      rows: progress.map(({ command, table, database, phase, share, runningMs, automatic, wraparound }) => [
        `${automatic ? 'auto' : ''}${command.replace('-', ' ')}${wraparound ? ' (wraparound)' : ''}`,
        table ?? (database === null ? null : `in ${database}`),
        phase,
        share === null ? null : Math.round(share * 100),
        runningMs === null ? null : formatDuration(runningMs),
      ]),
    },
  ];
}
