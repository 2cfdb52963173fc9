import type { z } from 'zod';
import type { Block, Cell } from '../../../core/block.ts';
import { counted } from '../../../core/counted.ts';
import { formatDuration } from '../../../core/duration.ts';
import type { MetricValue } from '../../../core/metric.ts';
import { gapMs } from '../../_shared/live/gaps.ts';
import { watchedMs } from '../../_shared/live/table.ts';
import type { LiveAssessment, ReportDraft } from '../../define.ts';
import { insightsOf } from '../insights.ts';
import { waitLabel } from '../analyze/wait-profile.ts';
import { connectionUse } from './live-data.ts';
import { lockTree } from './lock-tree.ts';
import { outagesNotChecked } from './watch-assess.ts';
import type { watchDataSchema } from './watch-schema.ts';
import type { WatchedDatabase, WatchSession } from './watch-session.ts';

type DatabaseRow = z.infer<typeof watchDataSchema>['databases'][number];

export function watchSections(session: WatchSession, nowMs: number): Block[] {
  return [
    {
      kind: 'table',
      columns: [
        { header: 'database' },
        { header: 'connections', align: 'right' },
        { header: 'active', align: 'right' },
        { header: 'mostly' },
        { header: 'tx/s', align: 'right' },
        { header: 'cache %', align: 'right' },
        { header: 'blocked', align: 'right' },
        { header: 'findings', align: 'right' },
      ],
      rows: session.databases.map(toCells),
    },
    ...session.databases.flatMap(({ state, kept }) =>
      kept.failure === null && state?.facts.forest.known === true
        ? lockTree(state.facts.forest.value, `${kept.target.name}: who holds up whom`)
        : [],
    ),
    ...standingBlock(session.databases),
    ...(session.recent.length === 0
      ? []
      : [
          {
            kind: 'timeline' as const,
            title: 'Changes',
            entries: session.recent.map(({ atMs, text }) => ({ atMs, label: text })),
          },
        ]),
    { kind: 'text', text: footer(session, nowMs), tone: 'muted' },
  ];
}

function standingBlock(databases: readonly WatchedDatabase[]): Block[] {
  const lines = databases.flatMap(({ kept, standing }) =>
    [...standing.values()].map((title) => `${kept.target.name}: ${title}`),
  );
  return lines.length === 0
    ? []
    : [{ kind: 'text', title: 'Stands now', text: lines.join('\n'), tone: 'warn' }];
}

function footer(session: WatchSession, nowMs: number): string {
  return [
    `watching ${counted(session.databases.length, 'database')} for ${formatDuration(watchedMs(session, nowMs))}`,
    ...(session.gaps.length > 0 ? [`${formatDuration(gapMs(session.gaps))} not looking`] : []),
    'Ctrl-C ends',
  ].join('   ');
}

function toCells(watched: WatchedDatabase): Cell[] {
  const row = toRow(watched);
  if (row.state !== 'seen') {
    const tone = row.state === 'unreachable' ? 'bad' : 'muted';
    return [row.target, { text: row.state, tone }, null, null, null, null, null, row.standing.length];
  }
  return [
    row.target,
    row.connections === null ? null : `${row.connections}/${row.usable}`,
    rounded(row.averageActive),
    row.topWait,
    rounded(row.transactionsPerSecond),
    rounded(row.cacheHitPercent),
    row.blocked === null ? null : row.blocked > 0 ? { text: String(row.blocked), tone: 'bad' } : 0,
    row.standing.length,
  ];
}

function rounded(value: number | null): number | null {
  return value === null ? null : Number(value.toPrecision(3));
}

function toRow(watched: WatchedDatabase): DatabaseRow {
  const { kept, standing, outages } = watched;
  const facts = watched.state?.facts ?? null;
  const use = facts === null ? null : connectionUse(facts);
  const top = facts?.waits?.waits[0];
  return {
    target: kept.target.name,
    state: kept.failure !== null ? 'unreachable' : facts === null ? 'not-yet' : 'seen',
    connections: use?.used ?? null,
    usable: use?.usable ?? null,
    averageActive: facts?.waits?.averageActive ?? null,
    topWait: top === undefined ? null : waitLabel(top),
    transactionsPerSecond: watched.transactionsPerSecond,
    cacheHitPercent: watched.cacheHitPercent,
    blocked: facts?.forest.known === true ? facts.forest.value.victims : null,
    standing: [...standing].map(([rule, title]) => ({ rule, title })),
    outages: outages.length,
  };
}

/** Gauges of the newest look, for a scraper. */
export function watchMetrics({ databases }: WatchSession): MetricValue[] {
  return databases.flatMap((watched) => {
    const { target, connections, usable, averageActive, blocked, state } = toRow(watched);
    const gauge = (name: string, value: number | null): MetricValue[] =>
      value === null || state !== 'seen'
        ? []
        : [{ name: `database.${name}`, kind: 'gauge', unit: '1', attributes: { target }, value }];
    return [
      ...gauge('connections', connections),
      ...gauge('connections.usable', usable),
      ...gauge('sessions.active', averageActive),
      ...gauge('sessions.blocked', blocked),
    ];
  });
}

/** What a watch leaves behind. */
export function watchReport(
  session: WatchSession,
  { findings, coverage }: LiveAssessment,
  nowMs: number,
): ReportDraft {
  const rows = session.databases.map(toRow);
  const hasSeen = session.databases.some(({ state }) => state !== null);
  return {
    ...(hasSeen ? {} : { status: 'unknown' as const }),
    summary: `Watched ${counted(rows.length, 'database')} for ${formatDuration(watchedMs(session, nowMs))}: ${counted(session.changes, 'change')}, ${counted(findings.length, 'finding')} at the end.`,
    findings,
    coverage: { ...coverage, notChecked: [...coverage.notChecked, ...outagesNotChecked(session)] },
    insights: insightsOf(findings),
    sections: watchSections(session, nowMs).slice(0, -1),
    data: {
      watchedMs: watchedMs(session, nowMs),
      gapMs: gapMs(session.gaps),
      changes: session.changes,
      databases: rows,
    },
    next: ['rearguard db current-state'],
  };
}
