import { z } from 'zod';
import type { Block } from '../core/block.ts';
import { counted } from '../core/counted.ts';
import { countBySeverity } from '../core/report.ts';
import { severitySchema, SEVERITIES } from '../core/severity.ts';
import type { RunResult } from './envelope.ts';
import { isOver, liveRunStatus } from './live-runs/live-runs.ts';
import { ownCommand } from './own-command.ts';
import { rank } from './rank.ts';
import type { Runtime } from './runtime.ts';
import { allWorkflows } from './workflows/find.ts';

const WORST = 5;
const MAX_ROWS = 20;
/** The daemon renews its lease every few seconds. */
const DAEMON_SILENT_MS = 60_000;

export const standingDataSchema = z.object({
  targets: z.array(z.string()),
  lastRuns: z.array(
    z.object({
      runId: z.string(),
      what: z.string(),
      at: z.iso.datetime(),
      status: z.enum(['pass', 'fail', 'unknown']),
    }),
  ),
  /** Those under way. */
  runs: z.array(z.object({ runId: z.string(), what: z.string(), state: z.string() })),
  alerts: z.array(z.object({ id: z.string(), severity: severitySchema, title: z.string() })),
  session: z.object({ id: z.string(), title: z.string() }).nullable(),
  ownTools: z.array(z.object({ name: z.string(), summary: z.string(), commands: z.array(z.string()) })),
  workflows: z.array(z.string()),
  /** Whether a daemon looks all the time. */
  watched: z.boolean(),
});
type StandingData = z.infer<typeof standingDataSchema>;

/** Everything that somebody who begins to work has to know, from the store alone: nothing is measured. */
export function readStanding(runtime: Runtime): Promise<RunResult> {
  return ownCommand(runtime, 'overview', () => {
    const store = runtime.openStore();
    const findings = rank(store.findings.list({ states: ['new', 'ongoing', 'regressed'] }));
    const data = readData(runtime);
    const [latest] = data.lastRuns;
    const counts = countBySeverity(findings);
    const parts = SEVERITIES.filter((severity) => counts[severity] > 0).map(
      (severity) => `${counts[severity]} ${severity}`,
    );
    const stands = findings.length === 0 ? 'no open findings' : `open findings: ${parts.join(', ')}`;
    return {
      status: latest === undefined ? 'unknown' : findings.length > 0 ? 'fail' : 'pass',
      summary: `${counted(data.targets.length, 'target')}; ${stands}; ${data.alerts.length} firing; ${latest === undefined ? 'nothing was measured yet' : `last measured ${latest.at}`}.`,
      findings: findings.slice(0, WORST),
      sections: sectionsOf(data),
      data,
      diagnostics: runtime.catalog.broken.map(({ error }) => ({
        level: 'warning' as const,
        message: error.message,
        ...(error.hint === undefined ? {} : { hint: error.hint }),
      })),
      next: [
        ...findings.slice(0, 1).map(({ id }) => `rearguard findings show ${id}`),
        'rearguard check',
        ...(findings.length > WORST ? ['rearguard findings list'] : []),
      ],
    };
  });
}

function readData(runtime: Runtime): StandingData {
  const store = runtime.openStore();
  const nowMs = runtime.clock.wallMs();
  const always = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER };
  const session = store.sessions.open();
  const seenMs = store.lease.current()?.renewedAtMs;
  return {
    targets: [...runtime.config.targetNames],
    lastRuns: store.runs.list(always, WORST).map(({ runId, tool, command, startedAt, status }) => ({
      runId,
      what: `${tool} ${command}`,
      at: startedAt,
      status,
    })),
    runs: store.liveRuns
      .active()
      .map(({ runId }) => liveRunStatus(runtime, runId).run)
      .filter((run) => !isOver(run))
      .slice(0, MAX_ROWS)
      .map(({ runId, what, state }) => ({ runId, what, state })),
    alerts: store.alerts
      .list()
      .filter(({ state, suppression }) => state === 'firing' && suppression === null)
      .slice(0, MAX_ROWS)
      .map(({ id, severity, title }) => ({ id, severity, title })),
    session: session === undefined ? null : { id: session.id, title: session.title },
    ownTools: runtime.catalog.tools
      .filter(({ origin }) => origin !== 'built-in')
      .slice(0, MAX_ROWS)
      .map(({ name, summary, commands }) => ({
        name,
        summary,
        commands: commands.map((command) => command.name),
      })),
    workflows: allWorkflows(runtime.config.workflows).map(({ name }) => name),
    watched: seenMs !== undefined && nowMs - seenMs < DAEMON_SILENT_MS,
  };
}

function sectionsOf(data: StandingData): Block[] {
  const table = (title: string, headers: string[], rows: string[][]): Block[] =>
    rows.length === 0 ? [] : [{ kind: 'table', title, columns: headers.map((header) => ({ header })), rows }];
  return [
    ...table(
      'Alerts that fire',
      ['id', 'severity', 'title'],
      data.alerts.map(({ id, severity, title }) => [id, severity, title]),
    ),
    ...table(
      'Runs under way',
      ['run', 'what', 'state'],
      data.runs.map(({ runId, what, state }) => [runId, what, state]),
    ),
    ...table(
      'Last runs',
      ['run', 'what', 'at', 'result'],
      data.lastRuns.map(({ runId, what, at, status }) => [runId, what, at, status]),
    ),
    ...table(
      'Own tools',
      ['name', 'summary', 'commands'],
      data.ownTools.map(({ name, summary, commands }) => [name, summary, commands.join(', ')]),
    ),
    {
      kind: 'text',
      text: [
        `targets: ${data.targets.join(', ') || 'none'}`,
        `workflows: ${data.workflows.join(', ')}`,
        `session: ${data.session === null ? 'none is open' : `${data.session.id}: ${data.session.title}`}`,
        `watched by a daemon: ${data.watched ? 'yes' : 'no'}`,
      ].join('\n'),
    },
  ];
}
